import SwellModel
import Testing

struct JSONValueTests {
  @Test func `a value is read and written back`() throws {
    let text =
      #"{"a":[1,-2.5,true,null,"é\n\"\\ \u0001"],"b":{"c":[],"d":{}},"big":1e+300,"é":9223372036854775807}"#
    let value = try JSONValue.parse(Payload(json: text))
    #expect(value.payload.text == text)
    #expect(value["a"]?[1]?.double == -2.5)
    #expect(value["é"]?.int == .max)
    #expect(value["b"]?["c"]?.array == [])
  }

  @Test func `escapes, pairs and equal keys are read as jsonb reads them`() throws {
    let value = try JSONValue.parse(Array(#"{"a":"\ud83d\ude00\u00e9\/\b\f","a":2,"b":1}"#.utf8))
    #expect(value == .object([.init("a", .int(2)), .init("b", .int(1))]))
    #expect(
      try JSONValue.parse(Array(#""\ud83d\ude00\u00e9\/\b\f""#.utf8)).string == "😀é/\u{8}\u{c}")
    let spelled = try JSONValue.parse(Array(#"{"\u00e9":1,"e\u0301":2}"#.utf8))
    #expect(spelled == .object([.init("\u{e9}", .int(1)), .init("e\u{301}", .int(2))]))
  }

  @Test(
    arguments: [
      ("[1,\n  2,,3]", 2, 5, .syntax), ("{\"é\": tru}", 1, 10, .syntax), ("", 1, 1, .syntax),
      ("[\n1e400\n]", 2, 1, .numberRange),
    ] as [(String, Int, Int, JSONSyntaxProblem.Code)])
  func `a mistake has a line and a column`(
    text: String, line: Int, column: Int, code: JSONSyntaxProblem.Code
  ) {
    do {
      _ = try JSONValue.parse(Array(text.utf8))
      Issue.record("parsed \(text)")
    } catch {
      #expect(error.place == SourcePlace(line: line, column: column), "\(text): \(error)")
      #expect(error.code == code)
    }
  }

  @Test func `what the writer writes passes the scan`() throws {
    var writer = JSONWriter()
    writer.string("a\0b\u{1f}\u{7f}😀\\\"")
    #expect(writer.payload.text == "\"a\u{FFFD}b\\u001f\u{7f}😀\\\\\\\"\"")
    try PayloadScan.check(writer.payload)
    for limit in 3...40 {
      var cut = JSONWriter()
      cut.string("\u{1}é😀\n\"\\€" + String(repeating: "\u{2}", count: 20), limit: limit)
      try PayloadScan.check(cut.payload)
      #expect(cut.bytes.count <= limit + 2)
      #expect(cut.payload.text.hasSuffix("…\""))
    }
    #expect(JSONValue.double(.nan).payload == .null)
  }

  @Test func `canonical order is that of jsonb`() {
    let value = JSONValue.object([
      .init("bb", .double(1)), .init("a", .double(1.5)), .init("aa", .double(1e17)),
      .init("é", .null), .init("c", .null),
    ])
    #expect(
      value.canonical.payload.text == #"{"a":1.5,"c":null,"aa":100000000000000000,"bb":1,"é":null}"#
    )
  }

  @Test func `random garbage never crashes, and parser and scan agree`() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let fragments = [
      "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"b\":", "\\u", "\\ud83d", "\\ude00", "1", "-",
      "e5", ".5", "true", "null", " ", "\n", "é", "0", "\\", "[1,2]", "{\"a\":{}}",
    ]
    var parsed = 0
    for _ in 0..<20_000 {
      let bytes = random.garbage(of: fragments, upTo: 12)
      let scanned = (try? PayloadScan.check(bytes)) != nil
      var value: JSONValue?
      var isBeyondDouble = false
      do throws(JSONSyntaxProblem) {
        value = try JSONValue.parse(bytes)
      } catch {
        // The scan lets numbers through that jsonb can store and no Double can hold.
        isBeyondDouble = error.code == .numberRange
      }
      #expect(
        scanned == (value != nil) || scanned && isBeyondDouble,
        "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
      if let value {
        parsed += 1
        let again = try? JSONValue.parse(value.payload)
        #expect(again == value, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
      }
    }
    #expect(parsed > 100, "seed \(seed)")
  }

  @Test func `a megabyte of elements takes no quadratic time`() throws {
    let text = "[" + String(repeating: "1,", count: 400_000) + "1]"
    #expect(try JSONValue.parse(Payload(json: text)).array?.count == 400_001)
  }
}
