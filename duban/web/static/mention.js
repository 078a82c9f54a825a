/* Typing @ in a comment offers the people of the office; without script the name is simply typed. Begun when the field
   is gone to: after an upload the page is another in the same document. */
"use strict";

const offering = (form, field) => {
  const list = document.createElement("ul");
  list.id = `${field.id}-people`;
  list.className = "mention";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "提到");
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);

  let people = null;
  let chosen = 0;

  const asked = () => /[@＠]([^\s@＠，。；：、（）]*)$/.exec(field.value.slice(0, field.selectionStart));
  const options = () => [...list.children];

  const mark = (place) => {
    const all = options();
    chosen = (place + all.length) % all.length;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  };
  const take = (one) => {
    const end = field.selectionStart;
    const start = end - asked()[1].length;
    field.setRangeText(`${one.called} `, start, end, "end");
    close();
    field.focus();
  };
  const offer = async () => {
    if (!asked()) return close();
    people ??= fetch(form.dataset.people).then((answer) => (answer.ok ? answer.json() : []));
    const known = await people;
    const now = asked();
    if (!now) return close();
    const fitting = known.filter((one) => one.name.includes(now[1]) || one.units.includes(now[1])).slice(0, 8);
    if (!fitting.length) return close();
    list.replaceChildren(...fitting.map((one, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.textContent = `${one.name}（${one.units}）`;
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(one));
      option.take = () => take(one);
      return option;
    }));
    list.hidden = false;
    mark(0);
  };

  field.addEventListener("input", offer);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen - 1);
    else if (event.key === "Enter" || event.key === "Tab") options()[chosen].take();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
};

document.addEventListener("focusin", (event) => {
  const field = event.target;
  if (!field.matches("form[data-people] textarea") || field.hasAttribute("aria-autocomplete")) return;
  offering(field.form, field);
});
