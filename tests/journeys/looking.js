// What a person would see or miss, asked of the page itself. Put into every page of a walk before its own scripts.
(() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";

  const name = element =>
    `<${element.tagName.toLowerCase()}${element.id ? ` id=${element.id}` : ""}${element.className.baseVal ?? element.className ? ` class="${element.className.baseVal ?? element.className}"` : ""}> ${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}`;

  const isShown = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  const isClippedAway = element => {
    const style = getComputedStyle(element);
    return style.clipPath.startsWith("inset(50%") || style.clip !== "auto" || element.matches(".skip, .skip-to-content-link");
  };

  // Kept for screen readers alone: clipped away on purpose.
  const isForReadersOnly = element => {
    for (let box = element; box; box = box.parentElement) if (isClippedAway(box)) return true;
    return false;
  };

  // Text cut off by a box or the window, where no scrolling inside the page could bring it back.
  const lostText = () => {
    const clips = new Map();
    const clipping = element => {
      if (!clips.has(element)) {
        const style = getComputedStyle(element);
        clips.set(element, {
          x: style.overflowX, y: style.overflowY, fixed: style.position === "fixed",
          box: element.getBoundingClientRect(),
        });
      }
      return clips.get(element);
    };
    const isLost = (rect, element) => {
      for (let box = element; box && box !== document.body; box = box.parentElement) {
        const { x, y, box: edge } = clipping(box);
        if (/auto|scroll/.test(x) && box !== document.documentElement) return false;
        if (/hidden|clip/.test(x) && (rect.right > edge.right + 2 || rect.left < edge.left - 2)) return true;
        if (/hidden|clip/.test(y) && (rect.bottom > edge.bottom + 3 || rect.top < edge.top - 3)) return true;
      }
      return rect.right > document.documentElement.clientWidth + 1 || rect.left < -1;
    };
    const found = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walk.nextNode()) {
      const element = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || element.closest("svg, option, script, noscript, title")) continue;
      if (!isShown(element) || isForReadersOnly(element)) continue;
      range.selectNodeContents(walk.currentNode);
      if ([...range.getClientRects()].some(rect => rect.width > 0 && isLost(rect, element))) found.add(name(element));
    }
    return [...found];
  };

  const sideways = () => {
    const root = document.documentElement;
    return root.scrollWidth > root.clientWidth ? [`${root.scrollWidth} px of page in ${root.clientWidth} px of window`] : [];
  };

  // One stop per group of radio buttons; what is closed or not shown has none.
  const stops = () => {
    const groups = new Map();
    return [...document.querySelectorAll(CONTROLS)].filter(element => {
      if (element.disabled || element.tabIndex < 0 || !isShown(element)) return false;
      if (element.type !== "radio") return true;
      const group = `${element.form?.id} ${element.name}`;
      const chosen = document.querySelector(`input[type=radio][name="${element.name}"]:checked`);
      if (groups.has(group) || (chosen && chosen !== element && isShown(chosen))) return false;
      return groups.set(group, element) && true;
    });
  };

  const mark = element => {
    const style = getComputedStyle(element);
    const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? style.outline : "";
    return [outline, style.boxShadow, style.backgroundColor, style.borderColor].join(" | ");
  };

  const visits = [];
  const rest = new Map();
  const listen = () => {
    for (const element of stops()) rest.set(element, mark(element));
    document.addEventListener("focusin", ({ target }) => {
      const marks = [target, ...target.tagName === "INPUT" ? [target.parentElement, target.nextElementSibling].filter(Boolean) : []];
      visits.push({ element: target, isMarked: marks.some(one => mark(one) !== (rest.get(one) ?? "")) && mark(target) !== rest.get(target) });
    });
    return rest.size;
  };

  const untouched = () => {
    const seen = new Set(visits.map(visit => visit.element));
    return stops().filter(element => !seen.has(element));
  };

  // The walk by Tab: every stop met, each one marked, in the order in which the page is read.
  const walked = () => {
    const order = [];
    for (const { element } of visits) {
      if (order.includes(element)) break;
      order.push(element);
    }
    // A page that begins at its error summary comes round to its first stop once.
    const first = stops()[0];
    const backwards = order.filter((element, place) =>
      place && element !== first && order[place - 1].compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING);
    return [
      ...untouched().map(element => `not reached by Tab: ${name(element)}`),
      ...visits.filter(visit => !visit.isMarked && rest.has(visit.element)).map(visit => `no mark of focus: ${name(visit.element)}`),
      ...backwards.map(element => `out of order: ${name(element)}`),
    ];
  };

  const hasEdge = element => {
    const style = getComputedStyle(element);
    return style.borderTopStyle !== "none" && parseFloat(style.borderTopWidth) >= 1;
  };

  // Forced colors take grounds and shadows away: what is left must still tell a button, a mark, a figure, the focus.
  const forced = () => {
    const faults = [];
    for (const element of document.querySelectorAll(".btn, .tag, .note, .badge, main input:not([type=hidden]):not([type=radio]):not([type=checkbox]):not([type=file]), main select, main textarea"))
      if (isShown(element) && !hasEdge(element)) faults.push(`no edge: ${name(element)}`);
    for (const figure of document.querySelectorAll("svg:not(.ico):has(text)")) {
      const style = getComputedStyle(figure);
      if (isShown(figure) && (style.forcedColorAdjust !== "none" || style.backgroundColor === "rgba(0, 0, 0, 0)"))
        faults.push(`figure without its own ground: ${name(figure)}`);
    }
    for (const element of stops()) {
      element.focus({ preventScroll: true, focusVisible: true });
      const style = getComputedStyle(element);
      if (document.activeElement === element && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2))
        faults.push(`focus not seen: ${name(element)}`);
    }
    return faults;
  };

  const moving = () => [
    ...document.getAnimations().map(animation => `moves: ${name(animation.effect.target)}`),
    ...[...document.querySelectorAll("body *")]
      .filter(element => getComputedStyle(element).transitionDuration.split(", ").some(time => parseFloat(time) > 0.01))
      .map(element => `would move: ${name(element)}`),
  ];

  // Contrast as WCAG 1.4.3 reckons it, of every text against the grounds it stands on. One light differs from the other
  // by its colors alone, so this is asked in both on every screen, where axe would work out all places again.
  const numbers = new Map();
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const colorOf = words => {
    if (!numbers.has(words)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = words;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      numbers.set(words, [red, green, blue, alpha / 255]);
    }
    return numbers.get(words);
  };
  const over = ([...top], ground, alpha = top[3]) =>
    [0, 1, 2].map(part => top[part] * alpha + ground[part] * (1 - alpha)).concat(1);
  const luminance = color => color.slice(0, 3)
    .map(part => part / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const ratio = (one, other) => {
    const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };

  // The ground under an element and how solid it is; a picture for a ground is for eyes to judge.
  const groundOf = (element, known) => {
    if (!element) return { ground: colorOf(getComputedStyle(document.documentElement).colorScheme === "dark" ? "#121212" : "#fff"), solid: 1 };
    if (!known.has(element)) {
      const style = getComputedStyle(element), under = groundOf(element.parentElement, known);
      const solid = under.solid * parseFloat(style.opacity);
      const painted = style.backgroundImage === "none" && under.ground;
      const color = colorOf(style.backgroundColor);
      known.set(element, { solid, ground: color[3] === 1 || painted ? over(color, under.ground || color, color[3] * solid) : null });
    }
    return known.get(element);
  };

  const says = element => element.matches("input:not([type=hidden], [type=checkbox], [type=radio], [type=file]), select, textarea")
    || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());

  const faint = () => {
    const known = new Map(), faults = [];
    for (const element of document.querySelectorAll("body, body *")) {
      if (element.closest("svg, option, script, noscript, :disabled, [aria-disabled=true]") || !says(element)) continue;
      if (!isShown(element) || isForReadersOnly(element)) continue;
      const style = getComputedStyle(element), { ground, solid } = groundOf(element, known);
      if (!ground) continue;
      const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
      const color = colorOf(style.color), seen = ratio(over(color, ground, color[3] * solid), ground);
      if (seen < (large ? 3 : 4.5)) faults.push(`${seen.toFixed(2)} to 1: ${name(element)}`);
    }
    return faults;
  };

  window.looking = { faint, lostText, sideways, listen, untouched, walked, forced, moving };
})();
