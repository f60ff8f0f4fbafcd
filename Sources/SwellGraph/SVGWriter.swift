/// A workflow as one SVG document that needs nothing beside itself.
struct SVGWriter {
  private let drawing: WorkflowDrawing
  private var text = ""

  static let idSize = 7.9
  static let smallSize = 6.65
  private static let margin = 20.0
  private static let mostColumns = 44
  private static let mostLabelColumns = 36

  init(_ drawing: WorkflowDrawing) {
    self.drawing = drawing
  }

  mutating func write() -> String {
    let main = drawing.nodes.indices.filter { !drawing.nodes[$0].isErrorHandler }
    let handlers = drawing.nodes.indices.filter { drawing.nodes[$0].isErrorHandler }
    let top = Self.margin + 46
    let first = SVGSection(drawing, nodes: main, hasFailure: false)
    var width = max(first.layout.width, headingWidth, legendWidth)
    var bottom = top + first.layout.height
    var second: (section: SVGSection, top: Double)?
    if !handlers.isEmpty {
      let section = SVGSection(drawing, nodes: handlers, hasFailure: true)
      second = (section, bottom + 56)
      bottom += 56 + section.layout.height
      width = max(width, section.layout.width)
    }
    let size = (
      width: width + Self.margin * 2, height: bottom + (kinds.count > 1 ? 40 : 6) + Self.margin
    )
    open(size.width, size.height)
    heading()
    draw(first, left: Self.margin + (width - first.layout.width) / 2, top: top)
    if let second {
      line(Self.margin, second.top - 34, Self.margin + width, second.top - 34)
      label(Self.margin, second.top - 18, "on error", style: "small")
      draw(
        second.section, left: Self.margin + (width - second.section.layout.width) / 2,
        top: second.top)
    }
    legend(y: bottom + 34)
    text += "</svg>\n"
    return text
  }

  private var headingWidth: Double {
    let facts = drawing.facts.joined(separator: " · ")
    return Double(DrawnText.columns(of: drawing.name)) * 9.1 + 16
      + Double(DrawnText.columns(of: facts)) * Self.smallSize
  }

  private var kinds: [DrawnEdge.Kind] {
    DrawnEdge.Kind.allCases.filter { kind in drawing.edges.contains { $0.kind == kind } }
  }

  private var legendWidth: Double {
    kinds.count < 2 ? 0 : kinds.reduce(0) { $0 + Double($1.rawValue.count) * Self.smallSize + 56 }
  }

  private mutating func open(_ width: Double, _ height: Double) {
    let (width, height) = (Self.number(width), Self.number(height))
    text += "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"swell-graph\" role=\"img\""
    text += " viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\">\n"
    text += "<title>\(Self.escaped("Workflow \(drawing.name)"))</title>\n"
    text += SVGStyle.text
    text += "<rect class=\"ground\" width=\"\(width)\" height=\"\(height)\"/>\n"
  }

  private mutating func heading() {
    let name = Double(DrawnText.columns(of: drawing.name)) * 9.1
    label(Self.margin, Self.margin + 12, drawing.name, style: "name")
    label(
      Self.margin + name + 14, Self.margin + 12, drawing.facts.joined(separator: " · "),
      style: "small")
  }

  private mutating func legend(y: Double) {
    guard kinds.count > 1 else { return }
    var x = Self.margin
    for kind in kinds {
      text +=
        "<path class=\"edge \(Self.name(of: kind))\" d=\"M\(Self.number(x)) \(Self.number(y - 4))h28\"/>\n"
      label(x + 34, y, kind.rawValue, style: "small")
      x += Double(kind.rawValue.count) * Self.smallSize + 56
    }
  }

  private mutating func draw(_ section: SVGSection, left: Double, top: Double) {
    let move = "translate(\(Self.number(left)) \(Self.number(top)))"
    text += "<g transform=\"\(move)\">\n"
    // Those that cross everything lie below everything.
    let order = section.edges.indices.sorted { a, b in
      let (first, second) = (section.layout.routes[a].isFar, section.layout.routes[b].isFar)
      return first != second ? first : a < b
    }
    for index in order { edge(section, index) }
    for index in section.edges.indices { edgeLabel(section, index) }
    for (place, node) in section.nodes.enumerated() {
      box(drawing.nodes[node], section.layout.frames[place])
    }
    if section.hasFailure, let frame = section.layout.frames.last { failure(frame) }
    text += "</g>\n"
  }

  private mutating func edge(_ section: SVGSection, _ index: Int) {
    let edge = section.edges[index]
    let route = section.layout.routes[index]
    guard let end = route.points.last else { return }
    let kind = Self.name(of: edge.kind)
    var path = ""
    var last = GraphLayout.Point(x: 0, y: 0)
    for (place, point) in route.points.enumerated() {
      var point = point
      // Room for the head of the arrow.
      if place + 1 == route.points.count { point.y -= 6 }
      if place == 0 {
        path = "M\(Self.number(point.x)) \(Self.number(point.y))"
      } else if place % 2 == 1 {
        if abs(point.y - last.y) > 0.05 { path += "V\(Self.number(point.y))" }
      } else {
        let middle = Self.number((last.y + point.y) / 2)
        path +=
          "C\(Self.number(last.x)) \(middle) \(Self.number(point.x)) \(middle)"
          + " \(Self.number(point.x)) \(Self.number(point.y))"
      }
      last = point
    }
    let from = edge.from.map { drawing.nodes[$0].id } ?? "a failure of the run"
    var title = "\(from) → \(drawing.nodes[edge.to].id): \(edge.kind.rawValue)"
    if let label = edge.label { title += ", \(label)" }
    text += "<g><title>\(Self.escaped(title))</title>"
    text += "<path class=\"edge \(kind)\(route.isFar ? " far" : "")\" d=\"\(path)\"/>"
    let (x, y) = (Self.number(end.x), Self.number(end.y))
    text += "<path class=\"head \(kind)\" d=\"M\(x) \(y)l-4 -7.5h8z\"/></g>\n"
  }

  private mutating func edgeLabel(_ section: SVGSection, _ index: Int) {
    guard let label = section.edges[index].label, let place = section.layout.routes[index].label
    else { return }
    let shown = Self.shortLabel(label)
    let width = Double(DrawnText.columns(of: shown)) * Self.smallSize + 6
    text += "<g><title>\(Self.escaped(label))</title><rect class=\"ground\""
    text += " x=\"\(Self.number(place.x - width / 2))\" y=\"\(Self.number(place.y - 8))\""
    text += " width=\"\(Self.number(width))\" height=\"16\"/>"
    text += "<text class=\"arm\" x=\"\(Self.number(place.x))\" y=\"\(Self.number(place.y + 4))\">"
    text += "\(Self.escaped(shown))</text></g>\n"
  }

  private mutating func box(_ node: DrawnNode, _ frame: GraphLayout.Frame) {
    var classes = "node"
    if node.isFallback { classes += " stands-in" }
    if let state = node.state, SVGStyle.states.contains(state) { classes += " \(state)" }
    text += "<g class=\"\(classes)\" data-node=\"\(Self.escaped(node.id))\">"
    let told = [node.id, node.kind] + node.marks + node.details + (node.state.map { [$0] } ?? [])
    text += "<title>\(Self.escaped(told.joined(separator: "\n")))</title>"
    if node.shape == .repeated { shape(.work, frame.moved(4, 4)) }
    shape(node.shape, frame)
    let middle = frame.x + frame.width / 2
    let lines = Self.lines(of: node)
    var y = frame.y + frame.height / 2 - Double(lines.count - 1) * 7.5 + 4.5
    for (place, line) in lines.enumerated() {
      text += "<text class=\"\(place == 0 ? "id" : "kind")\" x=\"\(Self.number(middle))\""
      text += " y=\"\(Self.number(y))\">\(Self.escaped(line))</text>"
      y += 15
    }
    text += "</g>\n"
  }

  private mutating func shape(_ shape: DrawnNode.Shape, _ frame: GraphLayout.Frame) {
    let (x, y) = (Self.number(frame.x), Self.number(frame.y))
    let (width, height) = (Self.number(frame.width), Self.number(frame.height))
    switch shape {
    case .branch:
      let cut = Self.number(14)
      let flat = Self.number(frame.width - 28)
      let half = Self.number(frame.height / 2)
      text += "<path class=\"box\" d=\"M\(x) \(Self.number(frame.y + frame.height / 2))"
      text += "l\(cut) -\(half)h\(flat)l\(cut) \(half)l-\(cut) \(half)h-\(flat)z\"/>"
    case .pause, .work, .repeated:
      let radius = shape == .pause ? Self.number(frame.height / 2) : "6"
      text += "<rect class=\"box\" x=\"\(x)\" y=\"\(y)\" width=\"\(width)\""
      text += " height=\"\(height)\" rx=\"\(radius)\"/>"
    }
  }

  private mutating func failure(_ frame: GraphLayout.Frame) {
    text += "<g class=\"failure\"><circle cx=\"\(Self.number(frame.x + frame.width / 2))\""
    text += " cy=\"\(Self.number(frame.y + frame.height / 2))\" r=\"7\"/></g>\n"
  }

  private mutating func label(_ x: Double, _ y: Double, _ words: String, style: String) {
    text += "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">"
    text += "\(Self.escaped(words))</text>\n"
  }

  private mutating func line(_ x: Double, _ y: Double, _ toX: Double, _ toY: Double) {
    text += "<path class=\"rule\" d=\"M\(Self.number(x)) \(Self.number(y))"
    text += "L\(Self.number(toX)) \(Self.number(toY))\"/>\n"
  }

  /// What is written into a box.
  static func lines(of node: DrawnNode) -> [String] {
    var lines =
      [node.id, node.kind] + (node.marks.isEmpty ? [] : [node.marks.joined(separator: " · ")])
    if let state = node.state { lines.append(state) }
    return lines.map { DrawnText.shortened($0, to: mostColumns) }
  }

  static func shortLabel(_ label: String) -> String {
    DrawnText.shortened(label, to: mostLabelColumns)
  }

  static func name(of kind: DrawnEdge.Kind) -> String {
    kind == .onError ? "on-error" : kind.rawValue
  }

  /// With one digit, and without what says nothing.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
    return rest == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(rest)"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
