(function () {
  var figures = JSON.parse(document.getElementById("figures").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var touch = window.matchMedia("(pointer: coarse)");  // a finger scrolls the page, not the chart
  function ink(names) {
    var style = getComputedStyle(document.documentElement);
    return names.map(function (name) { return style.getPropertyValue(name).trim(); });
  }
  function scheme(chart, colors) {
    var text = colors[0], line = colors[1], box = colors[2];
    var layout = {
      "dragmode": touch.matches ? false : "zoom",
      "font.color": text, "hoverlabel.bgcolor": box, "hoverlabel.font.color": text
    };
    ["xaxis", "yaxis", "yaxis2"].forEach(function (axis) {
      if (axis in chart.layout) {
        ["gridcolor", "linecolor", "zerolinecolor"].forEach(function (part) {
          layout[axis + "." + part] = line;
        });
      }
    });
    return layout;
  }
  var charts = Array.prototype.slice.call(document.querySelectorAll("[data-chart]"));
  function onScreen(chart) {
    var layout = scheme(chart, ink(["--ink", "--line", "--box"]));
    layout.autosize = true;
    layout.width = null;
    return Plotly.relayout(chart, layout);
  }
  function onPaper(chart) {  // paper is white, and narrower than a desktop window
    var layout = scheme(chart, ink(["--paper-ink", "--paper-line", "--paper-box"]));
    layout.width = parseInt(ink(["--paper-width"])[0], 10);
    return Plotly.relayout(chart, layout);
  }
  charts.forEach(function (chart) {
    var figure = figures[chart.dataset.chart];
    Plotly.newPlot(chart, figure.data, figure.layout, {
      responsive: true, displayModeBar: false, scrollZoom: false, doubleClick: "reset"
    }).then(onScreen);
  });
  dark.addEventListener("change", function () { charts.forEach(onScreen); });
  window.addEventListener("beforeprint", function () { charts.forEach(onPaper); });
  window.addEventListener("afterprint", function () { charts.forEach(onScreen); });
})();
