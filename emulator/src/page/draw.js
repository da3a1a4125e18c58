// Elements that are made once and changed where something changed. Names that others chose become text, never markup.

export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) {
      node.addEventListener(key.slice(2), value);
    } else {
      attribute(node, key, value);
    }
  }
  node.append(...children);
  return node;
}

export function attribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) {
      node.removeAttribute(name);
    }
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

export function text(node, value) {
  const shown = String(value ?? "");
  if (node.textContent !== shown) {
    node.textContent = shown;
  }
}

const KNOWN = new WeakMap();

// Keeps an element for each item, in the order of the items.
export function list(parent, items, key, make, update) {
  const known = KNOWN.get(parent) ?? new Map();
  KNOWN.set(parent, known);
  const wanted = new Set(items.map(key));
  for (const [id, node] of known) {
    if (!wanted.has(id)) {
      node.remove();
      known.delete(id);
    }
  }
  let place = parent.firstElementChild;
  for (const item of items) {
    const id = key(item);
    let node = known.get(id);
    if (node === undefined) {
      node = make(item);
      known.set(id, node);
    }
    if (node === place) {
      place = place.nextElementSibling;
    } else {
      parent.insertBefore(node, place);
    }
    update(node, item);
  }
}

// The part of an ARN that people call it by.
export const lastPart = (arn) => arn.slice(arn.lastIndexOf("/") + 1);

// 3 instances, 1 instance.
export const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

// Milliseconds as 1:05 or 2:00:00.
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
