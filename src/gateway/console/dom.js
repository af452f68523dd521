// Small helpers to keep the page up to date in place. What stays the same is never touched and
// what changes is never built anew: a button that vanished between press and release would lose
// the click, and with it the focus. All that is shown is put in as text, never as markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
export function setClass(element, className) {
  if (element.className !== className) element.className = className;
}
export function setBadge(element, text, mood) {
  setText(element, text);
  setClass(element, 'badge ' + mood);
}

const shownIn = new WeakMap();  // parent -> its elements by key

/**
 * Makes the children of `parent` those of `items`, in their order. Who is there already, by
 * `keyOf`, is updated where it stands; it moves only when the order asks for it.
 */
export function keep(parent, items, keyOf, create, update) {
  const before = shownIn.get(parent) || new Map();
  const after = new Map();
  for (const item of items) after.set(keyOf(item), item);
  for (const [key, element] of before) if (!after.has(key)) element.remove();
  let place = parent.firstElementChild;
  for (const [key, item] of after) {
    const element = before.get(key) || create(item);
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
    after.set(key, element);
  }
  shownIn.set(parent, after);
}
