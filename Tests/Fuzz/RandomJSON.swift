/// Texts that are JSON, in every way in which one can write it.
public struct RandomJSON {
  private var random: Mutator

  public init(seed: UInt64) { random = Mutator(seed: seed) }

  public mutating func text() -> [UInt8] {
    var text: [UInt8] = []
    value(&text, depth: 0)
    return text
  }

  private mutating func value(_ text: inout [UInt8], depth: Int) {
    space(&text)
    switch Int.random(in: depth < 5 ? 0..<8 : 2..<8, using: &random) {
    case 0: list(&text, "[", "]") { $0.value(&$1, depth: depth + 1) }
    case 1:
      list(&text, "{", "}") {
        $0.space(&$1)
        $0.string(&$1)
        $0.space(&$1)
        $1.append(UInt8(ascii: ":"))
        $0.value(&$1, depth: depth + 1)
      }
    case 2, 3, 4: string(&text)
    case 5: put(&text, ["true", "false", "null"])
    default:
      put(&text, ["0", "-0", "7", "-12", "9223372036854775807", "-9223372036854775808", "123456"])
      if Int.random(in: 0..<3, using: &random) == 0 {
        put(&text, [".0", ".50", "e2", "E-999", "e+1000"])
      }
    }
    space(&text)
  }

  private mutating func list(
    _ text: inout [UInt8], _ open: Unicode.Scalar, _ close: Unicode.Scalar,
    _ element: (inout RandomJSON, inout [UInt8]) -> Void
  ) {
    text.append(UInt8(ascii: open))
    let count = Int.random(in: 0...4, using: &random)
    if count == 0 { space(&text) }
    for index in 0..<count {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      element(&self, &text)
    }
    text.append(UInt8(ascii: close))
  }

  private mutating func string(_ text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      put(
        &text,
        [
          "a", "b", "some words here", "é", "e\u{301}", "€", "😀", "\u{10FFFF}", "\u{7F}",
          "\u{2028}",
          "\u{FFFD}", "\u{FEFF}", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t",
          "\\u0001",
          "\\u001F", "\\u0041", "\\u00e9", "\\uFFFF", "\\ud83d\\uDE00", "\\u2028", "\\\\u0000",
        ])
    }
    text.append(UInt8(ascii: "\""))
  }

  private mutating func space(_ text: inout [UInt8]) {
    if Int.random(in: 0..<6, using: &random) == 0 { put(&text, [" ", "\n", "\r\n", "\t", "  "]) }
  }

  private mutating func put(_ text: inout [UInt8], _ choices: [String]) {
    text.append(contentsOf: (choices.randomElement(using: &random) ?? "").utf8)
  }
}
