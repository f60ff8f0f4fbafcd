extension WorkflowDrawing {
  /// The drawing as an SVG document: without scripts, fonts or links to anything else, legible by day
  /// and by night, and fit to be put into a page as it is.
  public var svg: String {
    var writer = SVGWriter(self)
    return writer.write()
  }

  /// The drawing as a flowchart of Mermaid.
  public var mermaid: String { MermaidWriter(self).write() }

  /// The drawing as lines of text: one for each node, below the wave in which it can be at the earliest.
  public var text: [TextLine] {
    var writer = TextWriter(self)
    return writer.write()
  }
}
