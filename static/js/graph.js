/* The picture of the network, made livelier: search, steps, kinds of link, choosing without a new
   page. It reads the server's own picture, and puts it back when anything is missing. */
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
        label: "data(label)", "font-family": getComputedStyle(document.body).fontFamily, "font-size": 14, color: token("ink-2"),
        "text-valign": "bottom", "text-margin-y": 5, "text-outline-color": token("surface"), "text-outline-width": 2,
        width: 20, height: 20, "background-color": token("part-capacity"), "overlay-opacity": 0 } },
      { selector: "edge", style: { width: 1.5, "line-color": token("line-strong"), "curve-style": "straight", "overlay-opacity": 0 } },
      { selector: "edge[kind='ending']", style: { "line-style": "dashed", "line-dash-pattern": [14, 4] } },
      { selector: "edge[kind='promised']", style: { "line-style": "dashed" } },
      { selector: "edge[kind='lapsed']", style: { "line-style": "dotted", width: 3, "line-color": token("brick") } },
      { selector: "node.is-cut-off", style: { "background-color": token("surface"), "border-color": token("brick"), "border-width": 2.5, "border-style": "dashed" } },
      { selector: "node.is-selected", style: { "border-color": ink, "border-width": 4, width: 30, height: 30, color: ink, "font-weight": 700, "font-size": 16 } },
      { selector: "edge.is-selected", style: { width: 2.6, "line-color": ink } },
      { selector: ".is-away", style: { display: "none" } }
    ];
    Object.keys(shapes).forEach((sector) => rules.splice(1, 0, {
      selector: "node[sector='" + sector + "']",
      style: { shape: shapes[sector], "background-color": token("part-" + fills[sector]) }
    }));
    return rules;
  }

  const canvas = document.createElement("div");
  canvas.className = "graph-canvas";
  canvas.setAttribute("aria-hidden", "true");
  stage.append(canvas);
  stage.classList.add("is-live");
  const cy = window.cytoscape({
    container: canvas,
    elements: [
      ...nodes.map((n) => ({
        data: { id: n.dataset.node, label: n.dataset.label, name: n.dataset.name, sector: n.dataset.sector },
        position: { x: Number(n.dataset.x), y: Number(n.dataset.y) },
        classes: [...n.classList].filter((c) => c.startsWith("is-")).join(" ")
      })),
      ...edges.map((e) => ({ data: { source: e.dataset.a, target: e.dataset.b, kind: e.dataset.edge } }))
    ],
    style: look(),
    layout: { name: "preset", fit: true, padding: 24 },
    minZoom: 0.3, maxZoom: 3, boxSelectionEnabled: false, userZoomingEnabled: false
  });
  tools.hidden = false;
  const search = document.getElementById("graph-search");
  const steps = document.getElementById("graph-steps");
  const kinds = document.getElementById("graph-kinds");
  let chosen = cy.nodes(".is-selected").first();

  function show() {
    cy.elements().removeClass("is-away");
    if (kinds.value) cy.edges().filter((e) => e.data("kind") !== kinds.value).addClass("is-away");
    const far = Number(steps.value);
    if (far && chosen.nonempty()) {
      let near = chosen;
      for (let n = 0; n < far; n += 1) near = near.union(near.neighborhood().filter(":visible"));
      cy.elements().difference(near.union(near.edgesWith(near))).addClass("is-away");
    }
    cy.fit(cy.elements(":visible"), 24);
  }
  async function choose(id) {
    const address = new URL(window.location.href);
    address.searchParams.set("member", id);
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
    if (!panel || !fresh) { window.location.assign(address); return; }
    panel.replaceChildren(...fresh.childNodes);
    cy.elements().removeClass("is-selected is-cut-off");
    page.querySelectorAll("[data-node].is-cut-off").forEach((n) => cy.getElementById(n.dataset.node).addClass("is-cut-off"));
    chosen = cy.getElementById(id).addClass("is-selected");
    chosen.connectedEdges().addClass("is-selected");
    window.history.replaceState(null, "", address);
    show();
  }
  cy.on("tap", "node", (event) => choose(event.target.id()));
  search.addEventListener("change", () => {
    const wanted = search.value.trim().toLowerCase();
    const found = cy.nodes().filter((n) => n.data("name").toLowerCase().includes(wanted)).first();
    if (wanted && found.nonempty()) choose(found.id());
  });
  steps.addEventListener("change", show);
  kinds.addEventListener("change", show);
  const repaint = () => cy.style().fromJson(look()).update();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  chosen.connectedEdges().addClass("is-selected");
  new ResizeObserver(() => cy.resize().fit(cy.elements(":visible"), 24)).observe(canvas);
}());
