import CEL
import Testing

struct JSONDocumentTests {
  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
    "{\"a\":1,}", "{a:1}", "{1:2}",
    "[1 2]", "1 2", "nul", "nulll", "tru", "True", "01", "-", "-01", "1.", ".5", "1e", "1e+", "+1",
    "0x10", "NaN",
    "Infinity", "'a'", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
    "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "\"\\ud800\\\"", "\"\n\"", "\"\u{01}\"", "[1]]", "}", "]", "[}", "{]",
    "{\"a\":}", "[,1]", "\u{FEFF}1",
    "{\"a\" 1}", "[\"a\":1]", "/* */ 1", "[1]x",
  ])
  func `what is not JSON is refused with its place`(_ text: String) {
    let error = #expect(throws: CELError.self) { try JSONDocument(text) }
    #expect(error?.code == .invalidJSON, "\(text)")
    #expect(error?.place != nil)
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
      [0x22, 0xE2, 0x82, 0x22], [0x22, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xE0, 0x80, 0x80, 0x22], [0xFF],
      [0x22, 0xC3],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are refused`(_ bytes: [UInt8]) {
    let error = #expect(throws: CELError.self) { try JSONDocument(bytes) }
    #expect(error?.code == .invalidJSON)
  }

  @Test func `the place of a mistake counts lines and characters`() {
    let error = #expect(throws: CELError.self) { try JSONDocument("{\n  \"ä\": 1,\n  \"ö\" 2}") }
    #expect(error?.place == CELPlace(line: 3, column: 7))
    #expect(error?.message == "expected ':' after the key, found '2'")
  }

  @Test func `nesting ends at 500 levels`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONDocument(nested(500))
    let error = #expect(throws: CELError.self) { try JSONDocument(nested(501)) }
    #expect(error?.code == .tooDeep)
    #expect(throws: CELError.self) { try JSONDocument(String(repeating: "[", count: 1_000_000)) }
    #expect(throws: CELError.self) { try JSONDocument(nested(5), maxDepth: 4) }
  }

  @Test(arguments: [
    ("0", CELValue.int(0)), ("-0", .int(0)), ("9223372036854775807", .int(.max)),
    ("-9223372036854775808", .int(.min)),
    ("9223372036854775808", .double(9223372036854775808)),
    ("-9223372036854775809", .double(-9223372036854775808)),
    ("1.0", .double(1)), ("1e2", .double(100)), ("-1.5E-3", .double(-0.0015)),
    ("0.1", .double(0.1)), ("123456789.123456789", .double(123456789.123456789)),
    ("1e-400", .double(0)), ("3.141592653589793238462643", .double(3.141592653589793)),
    ("0.000001", .double(0.000001)), ("12345678901234567890123", .double(1.2345678901234568e22)),
    ("\"a\\u0041\\n\\ud83d\\ude00\\/\"", .string("aA\n😀/")), ("\"\\u0000\"", .string("\u{0}")),
    ("true", .bool(true)), ("null", .null),
    (" [ ] ", .list([])),
    ("[1 , [2],{}]", .list([.int(1), .list([.int(2)]), .map(CELMap([(String, CELValue)]()))])),
  ])
  func `values are what the text says`(_ item: (String, CELValue)) throws {
    let value = try JSONDocument(item.0).root
    #expect(value == item.1)
    #expect(value.type == item.1.type, "\(item.0)")
  }

  @Test func `a number beyond doubles is refused`() {
    for text in ["1e309", "-1e400", "[1e999999999]", String(repeating: "9", count: 400)] {
      let error = #expect(throws: CELError.self) { try JSONDocument(text) }
      #expect(error?.code == .numberRange, "\(text)")
    }
  }

  @Test func `of equal keys the last one wins however it is spelt`() throws {
    let trial = Trial.over(["d": #"{"a": 1, "b": 2, "\u0061": 3, "c": {"x": 1, "x": 2}}"#])
    #expect(trial.result("d.a") == "3")
    #expect(trial.result("size(d)") == "3")
    #expect(trial.result("d.map(k, k)") == #"["b","\u0061","c"]"#)
    #expect(trial.result("d.c == {'x': 2}") == "true")
    #expect(trial.result("size(d.c)") == "1")
  }

  @Test func `keys that only look alike are all there`() throws {
    let keys = (0..<200).map { "key\($0 * 7 % 200)" }
    let text = "{" + keys.map { "\"\($0)\": \"\($0)\"" }.joined(separator: ",") + "}"
    let trial = Trial.over(["d": text])
    for key in keys { #expect(trial.result("d.\(key)") == "\"\(key)\"") }
    #expect(trial.result("size(d)") == "200")
    #expect(trial.result("d.all(k, v, k == v)") == "true")
    #expect(trial.result("d.key") == "no_such_key")
  }

  @Test func `what is a part of a document is written as it stands there`() throws {
    let text = #"{"a": [1.50, {"b" : "\u00e9\/"}], "n": 1E2}"#
    let trial = Trial.over(["d": text])
    #expect(trial.result("d") == text)
    #expect(trial.result("d.a") == #"[1.50, {"b" : "\u00e9\/"}]"#)
    #expect(
      trial.result("{'x': d.a[1], 's': d.a[1].b}") == #"{"x":{"b" : "\u00e9\/"},"s":"\u00e9\/"}"#)
    #expect(trial.result("d.a[1].b") == #""\u00e9\/""#)
    #expect(trial.result("d.a[1].b + '!'") == #""é/!""#)
    #expect(trial.result("d.a[1].b == 'é/'") == "true")
  }

  @Test func `elements are found among nested and plain ones`() {
    let trial = Trial.over(["l": "[[1, 2], 3, {\"a\": [4]}, 5]", "p": "[1, \"two\", null, true]"])
    #expect(trial.result("[l[0][1], l[1], l[2].a[0], l[3]]") == "[2,3,4,5]")
    #expect(trial.result("[p[0], p[1], p[2], p[3]]") == #"[1,"two",null,true]"#)
    #expect(trial.result("l[4]") == "index_out_of_range")
  }

  @Test func `random texts neither crash nor pass by mistake`() throws {
    let seed = UInt64.random(in: 0...(.max))
    var random = SeededRandom(seed: seed)
    let good = Array(
      #"{"a":[1,-2.5e3,"x\n\u00e9😀"],"b":{"c":null,"d":[true,false,[]]},"a":""}"#.utf8)
    for _ in 0..<5000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: at)
        default: bytes.insert(good.randomElement(using: &random) ?? 0, at: at)
        }
      }
      guard let document = try? JSONDocument(bytes) else { continue }
      // What was accepted can be walked, compared and read again.
      let text = String(validating: bytes, as: UTF8.self)
      #expect(text != nil, "seed \(seed)")
      #expect(document.root == document.root, "seed \(seed)")
      #expect(try document.root.json().isEmpty == false)
    }
  }
}
