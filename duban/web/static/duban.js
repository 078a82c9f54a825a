/* What script adds to pages that are complete without it: keys, menus that close, forms that cannot be sent twice. */
"use strict";

document.documentElement.classList.add("js");

const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    document.querySelectorAll("details[open].me, details[open].drop").forEach((open) => {
      open.open = false;
      open.querySelector("summary").focus();
    });
    return;
  }
  if (typing(event.target)) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (typing(wanted)) wanted.focus();
  else wanted.click();
});

document.addEventListener("click", (event) => {
  document.querySelectorAll("details[open].me, details[open].drop").forEach((open) => {
    if (!open.contains(event.target)) open.open = false;
  });
});

/* A second click on a slow day must not send a form twice. The server would know, but the person would wonder. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button) setTimeout(() => { button.setAttribute("aria-busy", "true"); }, 0);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

/* Leaving a form in which something was typed asks first; sending it, or putting it by, does not. */
const filled = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && form.method === "post" && event.target.type !== "password") filled.add(form);
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) filled.clear();
});
window.addEventListener("beforeunload", (event) => {
  if ([...filled].some((form) => form.isConnected)) event.preventDefault();
});
