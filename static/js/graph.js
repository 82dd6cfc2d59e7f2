/* The picture of the network, made livelier: search, steps, lines on and off, zoom, choosing
   without a new page, PNG. It reads the server's own picture, and leaves it be when anything is
   missing. Which lines, which year, which way: all of it is in the address, with script or without. */
(function () {
  "use strict";
  const stage = document.querySelector("[data-graph]");
  const tools = document.querySelector("[data-graph-tools]");
  if (!stage || !tools || typeof window.cytoscape !== "function") return;
  const svg = stage.querySelector("svg.graph");
  const nodes = [...svg.querySelectorAll("[data-node]")];
  const edges = [...svg.querySelectorAll("[data-edge]")];
  /* On a phone the server's picture, which scrolls, reads better than one shrunk to the screen. */
  if (!nodes.length || window.innerWidth < 640) return;

  const shapes = { victim: "ellipse", justice: "rectangle", health: "diamond", program: "triangle", community: "hexagon" };
  const fills = { victim: "travel", justice: "language", health: "agreement", program: "hours", community: "capacity" };
  const layers = { agreement: "agreement", ending: "agreement", promised: "promised", lapsed: "lapsed", used: "used" };
  /* Tokens may be light-dark(); only a used colour is one that a canvas understands. */
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  function token(name) {
    probe.style.setProperty("color", "var(--ccr-" + name + ")");
    return getComputedStyle(probe).color;
  }
  function look() {
    const ink = token("ink");
    const rules = [
      { selector: "node", style: {
        label: "data(label)", "text-wrap": "wrap", "font-family": getComputedStyle(document.body).fontFamily, "font-size": 14,
        color: token("ink-2"), "text-valign": "bottom", "text-margin-y": 4, "text-outline-color": token("surface"), "text-outline-width": 2,
        width: 20, height: 20, "background-color": token("part-capacity"), "overlay-opacity": 0, "z-index": 3 } },
      { selector: "edge", style: { width: 1.5, "line-color": token("line-strong"), "curve-style": "straight", "overlay-opacity": 0, "z-index": 2 } },
      { selector: "edge[kind='used']", style: { width: 9, "line-color": token("lamp"), "line-opacity": 0.55, "line-cap": "round", "z-index": 1 } },
      { selector: "edge[kind='ending']", style: { "line-style": "dashed", "line-dash-pattern": [14, 4] } },
      { selector: "edge[kind='promised']", style: { "line-style": "dashed" } },
      { selector: "edge[kind='lapsed']", style: { "line-style": "dashed", "line-dash-pattern": [2, 5], width: 3, "line-color": token("brick") } },
      { selector: "node.is-cut-off", style: { "background-color": token("surface"), "border-color": token("brick"), "border-width": 2.5, "border-style": "dashed" } },
      { selector: "node.is-gone", style: { "background-color": token("surface"), "border-color": ink, "border-width": 2, "border-style": "dotted", opacity: 0.5 } },
      { selector: "node.is-selected", style: { "border-color": ink, "border-width": 4, width: 30, height: 30, color: ink, "font-weight": 700 } },
      { selector: "edge.is-selected[kind!='used']", style: { width: 2.6, "line-color": ink } },
      { selector: "node.is-passed", style: { "border-color": token("river"), "border-width": 4 } },
      { selector: "edge.is-passed", style: { width: 4.5, "line-color": token("river"), "line-style": "solid" } },
      { selector: ".is-away", style: { display: "none" } }
    ];
    Object.keys(shapes).forEach((sector) => rules.splice(1, 0, {
      selector: "node[sector='" + sector + "']",
      style: { shape: shapes[sector], "background-color": token("part-" + fills[sector]) }
    }));
    return rules;
  }
  const marks = (one) => [...one.classList].filter((c) => c.startsWith("is-")).join(" ");

  const canvas = document.createElement("div");
  canvas.className = "graph-canvas";
  canvas.setAttribute("aria-hidden", "true");
  const box = svg.viewBox.baseVal;
  canvas.style.aspectRatio = box.width + " / " + box.height;
  stage.append(canvas);
  stage.classList.add("is-live");
  stage.removeAttribute("tabindex");
  const cy = window.cytoscape({
    container: canvas,
    elements: [
      ...nodes.map((n) => ({
        data: { id: n.dataset.node, label: n.dataset.label, name: n.dataset.name, sector: n.dataset.sector },
        position: { x: Number(n.dataset.x), y: Number(n.dataset.y) },
        classes: marks(n)
      })),
      ...edges.map((e) => ({ data: { source: e.dataset.a, target: e.dataset.b, kind: e.dataset.edge }, classes: marks(e) }))
    ],
    style: look(),
    layout: { name: "preset", fit: true, padding: 8 },
    minZoom: 0.3, maxZoom: 3, boxSelectionEnabled: false, userZoomingEnabled: false
  });
  const search = document.getElementById("graph-search");
  const steps = document.getElementById("graph-steps");
  const boxes = [...tools.querySelectorAll("input[type='checkbox'][name='layer']")];
  const far = Number(steps.value);
  let chosen = cy.nodes(".is-selected").first();
  tools.querySelector("[data-graph-search]").hidden = false;
  tools.querySelector("[data-graph-member]").hidden = true;
  document.querySelector("[data-graph-size]").hidden = true;
  document.querySelector("[data-graph-zoom]").hidden = false;
  document.querySelector("[data-graph-png]").hidden = false;

  function show() {
    cy.elements().removeClass("is-away");
    const on = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    cy.edges().filter((e) => !on.has(layers[e.data("kind")])).addClass("is-away");
    const most = Number(steps.value);
    if (most && chosen.nonempty()) {
      let near = chosen;
      for (let n = 0; n < most; n += 1) near = near.union(near.neighborhood().filter(":visible"));
      cy.elements().difference(near.union(near.edgesWith(near))).addClass("is-away");
    }
    cy.fit(cy.elements(":visible"), 8);
  }
  /* A picture of fewer steps has no others to choose: then the page itself is asked. */
  async function choose(id) {
    const address = new URL(window.location.href);
    address.searchParams.set("member", id);
    address.searchParams.delete("without");
    if (far) { window.location.assign(address); return; }
    let page = null;
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) throw new Error("no page");
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch (_) {
      window.location.assign(address);
      return;
    }
    const panel = document.querySelector("[data-graph-panel]");
    const fresh = page.querySelector("[data-graph-panel]");
    if (!panel || !fresh || cy.nodes(".is-gone").nonempty()) { window.location.assign(address); return; }
    panel.replaceChildren(...fresh.childNodes);
    cy.elements().removeClass("is-selected is-cut-off");
    page.querySelectorAll("[data-node].is-cut-off").forEach((n) => cy.getElementById(n.dataset.node).addClass("is-cut-off"));
    chosen = cy.getElementById(id).addClass("is-selected");
    chosen.connectedEdges().addClass("is-selected");
    document.getElementById("graph-member").value = id;
    window.history.replaceState(null, "", address);
    show();
  }
  function zoom(by) {
    cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  }
  cy.on("tap", "node", (event) => choose(event.target.id()));
  search.addEventListener("change", () => {
    const wanted = search.value.trim().toLowerCase();
    const found = cy.nodes().filter((n) => n.data("name").toLowerCase().includes(wanted)).first();
    if (wanted && found.nonempty()) choose(found.id());
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); search.blur(); } });
  steps.addEventListener("change", () => { if (far) tools.requestSubmit(); else show(); });
  boxes.forEach((box) => box.addEventListener("change", show));
  document.querySelector("[data-graph-zoom]").addEventListener("click", (event) => {
    const act = event.target.dataset.zoom;
    if (act === "in") zoom(1.3);
    if (act === "out") zoom(1 / 1.3);
    if (act === "all") cy.fit(cy.elements(":visible"), 8);
  });
  document.querySelector("[data-graph-png] button").addEventListener("click", async (event) => {
    const picture = await cy.png({ output: "blob-promise", full: true, scale: 2, bg: token("surface") });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = event.target.dataset.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  const repaint = () => cy.style().fromJson(look()).update();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  chosen.connectedEdges().addClass("is-selected");
  show();
  new ResizeObserver(() => cy.resize().fit(cy.elements(":visible"), 8)).observe(canvas);
}());
