/* Shows how far an upload is, and says beforehand what would be too large. Without script the same form is sent the
   plain way. */
"use strict";

(() => {
  const megabyte = 1024 * 1024;

  const chosen = (form) => [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);

  const complain = (form, words) => {
    const box = form.querySelector(".buttons");
    const told = box.querySelector("[role=status]") || box.appendChild(document.createElement("span"));
    told.setAttribute("role", "status");
    told.textContent = words;
  };

  const send = (form) => {
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", "上传进度");
    form.querySelector(".buttons").append(bar);
    const request = new XMLHttpRequest();
    const stop = (words) => {
      bar.remove();
      complain(form, words);
      delete form.dataset.sending;
    };
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable) return;
      bar.value = (100 * sent.loaded) / sent.total;
      complain(form, bar.value < 100 ? `已上传 ${Math.floor(bar.value)}%` : "已上传，正在检查……");
    });
    request.addEventListener("error", () => stop("上传中断：请检查网络后再提交一次。已填的内容还在。"));
    request.addEventListener("load", () => {
      /* The browser has followed the redirect: this is the page it led to, or the form that says what is wrong. */
      const parsed = new DOMParser().parseFromString(request.responseText, "text/html");
      const main = parsed.querySelector("main");
      if (!main) {
        stop(request.responseText.slice(0, 200));
        return;
      }
      document.querySelector("main").replaceWith(document.adoptNode(main));
      document.title = parsed.title;
      if (request.status < 400) history.replaceState(null, "", request.responseURL);
      const shown = document.querySelector("main");
      shown.focus();
      shown.scrollIntoView();
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]") || !window.FormData) return;
    const files = chosen(form);
    if (!files.length) return;
    event.preventDefault();
    if (form.dataset.sending) return;
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const largest = Number(form.dataset.upload) || Infinity;
    if (size > largest) {
      complain(form, `文件合计 ${Math.ceil(size / megabyte)} MB，超过 ${Math.floor(largest / megabyte)} MB：请分几次上传。`);
      return;
    }
    form.dataset.sending = "yes";
    send(form);
  }, true);
})();
