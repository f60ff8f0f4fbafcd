import SwellGraph
import Testing

/// What is drawn of a workflow.
@Suite struct DrawingTests {
  @Test func `every sort of edge is there, with what it says`() throws {
    let drawing = try Sample.drawing(Sample.orders)
    let edges = drawing.edges.map { edge in
      let from = edge.from.map { drawing.nodes[$0].id } ?? "(failure)"
      return "\(from) \(edge.kind.rawValue) \(drawing.nodes[edge.to].id)"
        + (edge.label.map { ": \($0)" } ?? "")
    }
    #expect(
      Set(edges) == [
        "order fallback cached_order", "order data total", "order data charge", "order data ship",
        "total data size", "total data review", "total data charge", "charge data ship",
        "size control review: nodes.total > 1000", "size control charge: otherwise",
        "review control charge: then", "(failure) on error on_error",
      ])
    #expect(edges.count == 12)
  }

  @Test func `a wave is the longest way that leads to a node`() throws {
    let drawing = try Sample.drawing(Sample.orders)
    let waves = Dictionary(uniqueKeysWithValues: drawing.nodes.map { ($0.id, $0.wave) })
    #expect(
      waves == [
        "order": 0, "cached_order": 1, "total": 1, "size": 2, "review": 3, "charge": 4, "ship": 5,
        "on_error": 0,
      ])
  }

  @Test func `nodes say what they are`() throws {
    let drawing = try Sample.drawing(
      """
      workflow: w
      nodes:
        a: {handler: charge.card, optional: true, when: "${{ input.x }}"}
        b: {wait: {duration: 2d}}
        c: {wait: {until: "${{ input.then }}"}}
        d: {wait: {signal: paid, timeout: 1h}}
        e: {sink: log, needs: [a, b], join: any}
        f: {handler: h, loop: {until: "${{ last.ok }}", maxIterations: 7}, needs: [a, b], join: 2}
      """)
    #expect(
      drawing.nodes.map { ([$0.kind] + $0.marks).joined(separator: ", ") } == [
        "handler charge.card, when, optional", "wait 2d", "wait until input.then",
        "wait for signal paid, 1h", "sink log, join any",
        "handler h, loop, at most 7, join 2",
      ])
  }

  @Test func `several arms that lead to one node are one edge`() throws {
    let drawing = try Sample.drawing(
      """
      workflow: w
      nodes:
        a:
          branch:
            - {when: "${{ input.x }}", then: [b]}
            - {when: "${{ input.y }}", then: [c]}
            - {otherwise: [b]}
        b: {handler: h}
        c: {handler: h}
      """)
    #expect(drawing.edges.map(\.label) == ["input.x or otherwise", "input.y"])
  }
}
