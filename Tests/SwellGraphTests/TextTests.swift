import SwellGraph
import Testing

/// Drawings for terminals, and for Mermaid.
@Suite struct TextTests {
  @Test func `waves, lines, conditions and stand-ins can be read`() throws {
    let text = try Sample.drawing(Sample.orders).text.map(\.text).joined(separator: "\n")
    #expect(
      text == """
        order_fulfilment  8 nodes  queue orders  deadline 1h
        wave 0
          ●        order         source exec, circuit orders_api
          ├╌○      cached_order  source exec                          stands in for order
        wave 1
          ├─●      total         transform cel                        ← order
        wave 2
          │ ├─◆    size          branch                               ← total
        wave 3
          │ ├─┼─◇  review        approval, 2d                         ← total  ⇐ size (nodes.total > 1000)
        wave 4
          ├─●╌┴╌╯  charge        handler charge_card                  ← order, total  ⇐ review (then), size (otherwise)
        wave 5
          ◎─╯      ship          handler ship_item, map, 5 at a time  ← charge, order
        on error
          ●  on_error      sink log
        """)
  }

  @Test func `a line that only passes is not touched`() throws {
    let text = try Sample.drawing(
      """
      workflow: w
      nodes:
        a: {handler: h}
        b: {handler: h, needs: [a]}
        c: {handler: h, needs: [a]}
        d: {handler: h, needs: [a], then: [f]}
        e: {handler: h, needs: [b, d]}
        f: {handler: h, needs: [c]}
      """
    ).text.map(\.text).joined(separator: "\n")
    #expect(
      text == """
        w  6 nodes
        wave 0
          ●        a  handler h
        wave 1
          ├─●      b  handler h  ← a
          ├─│─●    c  handler h  ← a
          ● │ │    d  handler h  ← a
          ├╌│╌│╌╮
        wave 2
          ●─╯ │ ┊  e  handler h  ← b, d
              ●╌╯  f  handler h  ← c  ⇐ d (then)
        """)
  }

  @Test func `too many lines give way to names`() throws {
    let nodes = (0..<60).map { "  n\($0): {handler: h}\n  m\($0): {handler: h, needs: n\($0)}\n" }
    let text = try Sample.drawing("workflow: w\nnodes:\n" + nodes.joined()).text
    #expect(text.allSatisfy { !$0.text.contains("│") })
    #expect(text.contains { $0.text.hasPrefix("  ●  m7") && $0.text.hasSuffix("← n7") })
  }

  @Test func `what people wrote steers no terminal`() throws {
    for line in try Sample.drawing(Sample.hostile, states: ["end": "\u{1B}[2J"]).text {
      for scalar in line.text.unicodeScalars {
        #expect(
          scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value) && scalar != "\u{202E}")
      }
    }
  }

  @Test func `a chart of Mermaid has all of it, and no text gets out of its quotes`() throws {
    let chart = try Sample.drawing(Sample.orders, states: ["order": "failed"]).mermaid
    for line in [
      "flowchart TD", "  n_order[\"order<br/>source exec<br/>circuit orders_api<br/>failed\"]",
      "  n_size{{\"size<br/>branch\"}}", "  n_review([\"review<br/>approval, 2d\"])",
      "  n_ship[[\"ship<br/>handler ship_item<br/>map, 5 at a time\"]]", "  n_order --> n_total",
      "  n_order -.->|\"fallback\"| n_cached_order",
      "  n_size ==>|\"nodes.total #62; 1000\"| n_review", "  failure -.-> n_on_error",
      "  class n_order failed",
    ] {
      #expect(chart.split(separator: "\n").contains { $0 == line }, "\(line)\n\(chart)")
    }
    let hostile = try Sample.drawing(Sample.hostile).mermaid
    for line in hostile.split(separator: "\n") {
      #expect(line.count { $0 == "\"" } % 2 == 0 && line.count { $0 == "\"" } <= 2, "\(line)")
      #expect(!line.contains("<script") && !line.contains("`"))
    }
    #expect(hostile.contains("n_end[\"end<br/>"))
  }
}
