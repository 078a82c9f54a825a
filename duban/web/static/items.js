/* The list without reloading: filters, sorting and paging fetch the page itself and swap its result. j k x Enter. */
"use strict";

{
  const filters = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const result = () => document.getElementById("result");
  let asking = null;

  const load = async (address, { push = true, fromFilters = false } = {}) => {
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    result().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("result");
      if (!answer.ok || !fresh) {
        location.assign(address);
        return;
      }
      result().replaceWith(document.adoptNode(fresh));
      const form = page.getElementById("filters");
      if (form && !fromFilters) {
        const open = filters.querySelector("details").open;
        filters.replaceChildren(...document.adoptNode(form).childNodes);
        filters.querySelector("details").open = open;
      }
      if (push) history.pushState(null, "", address);
      ready();
      const said = result().querySelector("[data-shown]");
      if (said) shown.textContent = said.dataset.shown || said.textContent;
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    } finally {
      if (asking === mine) {
        asking = null;
        result().removeAttribute("aria-busy");
      }
    }
  };

  const wanted = () => {
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(filters)) if (value) asked.append(name, value);
    if (asked.get("sort") === "due") asked.delete("sort");
    if (asked.getAll("column").join(" ") === filters.dataset.usual) asked.delete("column");
    return `/items?${asked}`;
  };

  let waiting = 0;
  const soon = (delay) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => load(wanted(), { fromFilters: true }), delay);
  };
  filters.addEventListener("input", (event) => {
    if (event.target.type === "search") soon(300);
  });
  filters.addEventListener("change", (event) => {
    if (event.target.type !== "search") soon(0);
  });
  filters.addEventListener("submit", (event) => {
    event.preventDefault();
    soon(0);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    load(link.href).then(() => {
      if (link.rel) document.getElementById("main").scrollIntoView();
    });
  });
  window.addEventListener("popstate", () => load(location.href, { push: false }));

  /* Ticked rows: how many, and nothing to press that needs some while there are none. */
  const boxes = () => [...document.querySelectorAll('#rows input[name="item"]')];
  const count = () => {
    const ticked = boxes().filter((box) => box.checked);
    boxes().forEach((box) => box.closest("tr").classList.toggle("chosen", box.checked));
    const said = document.querySelector("[data-selected]");
    if (said) said.textContent = ticked.length ? `已选 ${ticked.length} 项` : "";
    document.querySelectorAll("[data-needs]").forEach((button) => { button.disabled = !ticked.length; });
    const all = document.getElementById("all");
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes().length;
      all.indeterminate = ticked.length > 0 && !all.checked;
    }
  };
  const ready = () => {
    const head = document.querySelector("#rows thead .tick-cell");
    if (head) {
      head.innerHTML = '<label><span class="hidden">选择本页全部</span><input type="checkbox" id="all"></label>';
      head.querySelector("input").addEventListener("change", (event) => {
        boxes().forEach((box) => { box.checked = event.target.checked; });
        count();
      });
    }
    count();
  };
  document.addEventListener("change", (event) => {
    if (event.target.name === "item") count();
  });

  /* j and k go down and up, x ticks; Enter opens, as on any link. */
  const rows = () => [...document.querySelectorAll("#rows tbody tr")];
  const here = () => document.activeElement.closest("#rows tbody tr");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches('input:not([type="checkbox"]), textarea, select')) return;
    const listed = rows();
    const at = listed.indexOf(here());
    if (event.key === "j" || event.key === "k") {
      const next = listed[at < 0 ? 0 : Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), listed.length - 1)];
      if (!next) return;
      event.preventDefault();
      next.querySelector("th a").focus();
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "x" && at >= 0) {
      event.preventDefault();
      const box = listed[at].querySelector('input[name="item"]');
      box.checked = !box.checked;
      count();
    }
  });
  document.addEventListener("focusin", () => {
    const row = here();
    rows().forEach((one) => one.classList.toggle("here", one === row));
  });

  ready();
}
