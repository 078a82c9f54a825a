/* Shows how far long work is without loading the page again; when it is over, the page is loaded once more. */
"use strict";

(() => {
  const shown = document.getElementById("job");
  const bar = shown.querySelector("progress");
  const say = (name, words) => { shown.querySelector(`[data-${name}]`).textContent = words; };
  const look = async () => {
    try {
      const answer = await fetch(shown.dataset.job, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) { location.reload(); return; }
      const state = await answer.json();
      if (!state.going) { location.reload(); return; }
      say("label", state.label);
      say("words", state.words);
      if (state.percent === null) { bar.removeAttribute("value"); say("percent", ""); }
      else { bar.value = state.percent; say("percent", `${state.percent}%`); }
    } catch {
      say("words", "暂时连不上服务，稍后再看。");
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
})();
