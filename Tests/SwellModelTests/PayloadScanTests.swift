import SwellModel
import Testing

struct PayloadScanTests {
  static func code(_ bytes: [UInt8], _ limits: PayloadScan.Limits = .standard)
    -> PayloadProblem.Code?
  {
    do {
      try PayloadScan.check(bytes, limits: limits)
      return nil
    } catch {
      return error.code
    }
  }

  @Test(
    arguments: [
      "null", " true\r\n", "\tfalse", "0", "-0", "-1.5e+10", "1E-1000", "1e1000", "\"\"", "[]",
      "{}",
      "[ ]", "{ }", #"[1,2 , "a",{"b":[{}]}]"#, #"{"a":1,"a":2}"#, #""\ud83d\ude00""#,
      #""\"\\\/\b\f\n\r\t\u0041""#, "\"é€😀\u{10FFFF}\u{7f}\"", "\"plain text longer than a word\"",
      String(repeating: "[", count: 500) + String(repeating: "]", count: 500),
      String(repeating: "9", count: 1000), #"["\\\\\\\\\\\\\\\\"]"#,
    ])
  func `what jsonb stores passes`(json: String) {
    #expect(Self.code(Array(json.utf8)) == nil, "\(json.prefix(60))")
  }

  @Test(
    arguments: [
      ("", 0, .empty), (" \n", 2, .empty), ("nul", 3, .notJSON), ("nulL", 3, .notJSON),
      ("1 2", 2, .notJSON), ("[1,]", 3, .notJSON), ("[1", 2, .notJSON), ("{\"a\"}", 4, .notJSON),
      ("{\"a\":1,}", 7, .notJSON), ("{a:1}", 1, .notJSON), ("[1}", 2, .notJSON),
      ("{\"a\":1]", 6, .notJSON), ("01", 1, .notJSON), ("1.", 2, .notJSON), ("-", 1, .notJSON),
      (".5", 0, .notJSON), ("1e", 2, .notJSON), ("1e+", 3, .notJSON), ("+1", 0, .notJSON),
      ("NaN", 0, .notJSON), ("'a'", 0, .notJSON), ("\"a", 0, .notJSON), ("\"\\x\"", 2, .notJSON),
      ("\"\\u12g4\"", 5, .notJSON), ("\"a\nb\"", 2, .notJSON), ("\u{FEFF}1", 0, .notJSON),
      ("\"0123456\n\"", 8, .notJSON), ("\"ab\\u0000\"", 3, .nulCharacter),
      ("\"ab\0\"", 3, .nulCharacter), ("{\"\\u0000\":1}", 2, .nulCharacter),
      ("\"\\ud800\"", 1, .loneSurrogate), ("\"\\udc00\"", 1, .loneSurrogate),
      ("\"\\ud800\\ud800\"", 1, .loneSurrogate), ("\"\\ud800x\"", 1, .loneSurrogate),
      ("1e1001", 0, .numberRange), ("[1e-1001]", 1, .numberRange),
      ("1e99999999999999999999999", 0, .numberRange),
    ] as [(String, Int, PayloadProblem.Code)])
  func `what jsonb refuses is found at its byte`(
    json: String, offset: Int, code: PayloadProblem.Code
  ) {
    do {
      try PayloadScan.check(Array(json.utf8))
      Issue.record("passed: \(json)")
    } catch {
      #expect(error.code == code, "\(json): \(error)")
      #expect(error.offset == offset, "\(json): \(error)")
      #expect(error.errorKind == .serialization)
    }
  }

  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
      [0xFF], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func `broken UTF-8 is found`(bytes: [UInt8]) {
    #expect(Self.code([0x22] + bytes + [0x22]) == .invalidUTF8)
    #expect(Self.code([0x22] + Array("0123456789".utf8) + bytes + [0x22]) == .invalidUTF8)
    #expect(Self.code([0x22] + bytes) != nil)
  }

  @Test func `depth, digits and size end at their limits`() {
    let deep = [UInt8](repeating: UInt8(ascii: "["), count: 501)
    #expect(Self.code(deep) == .tooDeep)
    let objects = Array(String(repeating: "{\"a\":", count: 20_000).utf8)
    #expect(Self.code(objects) == .tooDeep)
    #expect(Self.code([UInt8](repeating: UInt8(ascii: "1"), count: 1001)) == .numberRange)
    #expect(Self.code([UInt8](repeating: 0x20, count: 1 << 20) + [0x31]) == .tooLarge)
    #expect(Self.code([UInt8](repeating: 0x20, count: (1 << 20) - 1) + [0x31]) == nil)
    #expect(PayloadProblem(.tooLarge, at: 0, "").errorKind == .tooLarge)
    #expect(
      Self.code([UInt8](repeating: UInt8(ascii: "["), count: 100_000_000)) == .tooLarge)
  }

  @Test func `every place of a special byte in a word is seen`() {
    for length in 0..<24 {
      for special: [UInt8] in [[0x00], [0x1F], [0x5C, 0x78], [0x80], [0xFF]] {
        let text =
          [0x22] + [UInt8](repeating: 0x61, count: length) + special
          + [UInt8](repeating: 0x62, count: 12) + [0x22]
        #expect(Self.code(text) != nil, "length \(length), special \(special)")
      }
      let whole = [0x22] + [UInt8](repeating: 0x7F, count: length) + [0x22]
      #expect(Self.code(whole) == nil)
      #expect(Self.code(whole + [0x22]) == .notJSON)
    }
  }
}
