/// How the parts of an SVG look, by day and by night. Every colour is beside a stroke or a word that
/// says the same.
enum SVGStyle {
  /// The states of a node that have a colour.
  static let states: Set<String> = [
    "succeeded", "failed", "running", "waiting", "retrying", "skipped", "cancelled", "pending",
  ]

  private static let day = """
    .ground{fill:#fff}
    .name,.id{fill:#1f2328}.small,.kind{fill:#59636e}.arm{fill:#0550ae}
    .box{fill:#f6f8fa;stroke:#6e7781}.rule{stroke:#d1d9e0}
    .edge.data,.head.data{stroke:#6e7781}.head.data{fill:#6e7781}
    .edge.control,.head.control{stroke:#0969da}.head.control{fill:#fff}
    .edge.fallback,.head.fallback{stroke:#9a6700}.head.fallback{fill:#9a6700}
    .edge.on-error,.head.on-error{stroke:#cf222e}.head.on-error{fill:#cf222e}
    .failure circle{fill:#cf222e}
    .succeeded .box{fill:#dafbe1;stroke:#1a7f37}.failed .box{fill:#ffebe9;stroke:#cf222e}
    .running .box{fill:#ddf4ff;stroke:#0969da}
    .waiting .box,.retrying .box{fill:#fff8c5;stroke:#9a6700}
    """

  private static let night = """
    .ground{fill:#0d1117}
    .name,.id{fill:#f0f6fc}.small,.kind{fill:#9198a1}.arm{fill:#79c0ff}
    .box{fill:#1c2128;stroke:#848d97}.rule{stroke:#3d444d}
    .edge.data,.head.data{stroke:#848d97}.head.data{fill:#848d97}
    .edge.control,.head.control{stroke:#4493f8}.head.control{fill:#0d1117}
    .edge.fallback,.head.fallback{stroke:#d29922}.head.fallback{fill:#d29922}
    .edge.on-error,.head.on-error{stroke:#f85149}.head.on-error{fill:#f85149}
    .failure circle{fill:#f85149}
    .succeeded .box{fill:#12261e;stroke:#3fb950}.failed .box{fill:#301a1f;stroke:#f85149}
    .running .box{fill:#121d2f;stroke:#4493f8}
    .waiting .box,.retrying .box{fill:#2b2211;stroke:#d29922}
    """

  private static let lasting = """
    text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    .name{font-size:15px;font-weight:600}.small,.kind,.arm{font-size:11px}
    .id{font-size:13px;font-weight:600}.id,.kind,.arm{text-anchor:middle}
    .box{stroke-width:1.2}.stands-in .box{stroke-dasharray:5 3}
    .skipped,.cancelled,.pending{opacity:.6}.skipped .box,.cancelled .box{stroke-dasharray:2 3}
    .edge{fill:none;stroke-width:1.3}.edge.control{stroke-width:2}
    .edge.fallback{stroke-dasharray:6 4}.edge.on-error{stroke-dasharray:2 4;stroke-width:1.8}
    .edge.far{opacity:.25}.head{stroke-width:1.3;stroke-linejoin:round}
    .rule{fill:none;stroke-dasharray:1 5;stroke-width:1.5;stroke-linecap:round}
    """

  /// Its rules hold inside of the document only, also when that is a part of a page.
  static var text: String {
    "<style>\n" + scoped(lasting) + scoped(day)
      + "@media (prefers-color-scheme:dark){\n" + scoped(night) + "}\n</style>\n"
  }

  private static func scoped(_ rules: String) -> String {
    var result = ""
    for rule in rules.split(separator: "}") {
      let parts = rule.split(separator: "{", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let selectors = parts[0].split(separator: ",").map { selector in
        ".swell-graph " + selector.drop { $0 == "\n" }
      }
      result += selectors.joined(separator: ",") + "{" + parts[1] + "}\n"
    }
    return result
  }
}
