import Foundation
import SwellGraph
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The SVG of a workflow.
@Suite struct SVGTests {
  @Test(arguments: [Sample.orders, Sample.hostile])
  func `it is one well-formed document that needs nothing else`(text: String) throws {
    let svg = try Sample.drawing(text).svg
    let reader = XMLParser(data: Data(svg.utf8))
    let elements = Elements()
    reader.delegate = elements
    #expect(reader.parse(), "\(String(describing: reader.parserError))")
    #expect(
      elements.names == ["svg", "title", "style", "rect", "text", "path", "g", "circle"]
        || elements.names == ["svg", "title", "style", "rect", "text", "path", "g"])
    for word in ["href", "url(", "@import", "<script", "xlink"] {
      #expect(!svg.contains(word), "\(word)")
    }
    #expect(svg.allSatisfy { !$0.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" } })
  }

  @Test func `nodes can be found by their ids, and have the colours of their states`() throws {
    let svg = try Sample.drawing(
      Sample.orders, states: ["order": "failed", "cached_order": "succeeded", "total": "\"><b>"]
    ).svg
    #expect(svg.contains(#"<g class="node failed" data-node="order">"#))
    #expect(svg.contains(#"<g class="node stands-in succeeded" data-node="cached_order">"#))
    #expect(svg.contains(#"<g class="node" data-node="total">"#))
    #expect(svg.contains("&quot;&gt;&lt;b&gt;"))
  }

  @Test func `every kind of edge has its stroke, by day and by night`() throws {
    let svg = try Sample.drawing(Sample.orders).svg
    for kind in ["data", "control", "fallback", "on-error"] {
      #expect(svg.contains("class=\"edge \(kind)\""))
      #expect(svg.split(separator: "\n").count { $0.hasPrefix(".swell-graph .edge.\(kind),") } == 2)
    }
    #expect(svg.contains("prefers-color-scheme:dark"))
  }

  @Test func `the same workflow gives the same picture`() throws {
    #expect(try Sample.drawing(Sample.orders).svg == Sample.drawing(Sample.orders).svg)
  }

  private final class Elements: NSObject, XMLParserDelegate {
    var names: Set<String> = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String] = [:]
    ) {
      names.insert(name)
    }
  }
}
