/// Doubles as text: the fewest digits that give the same number again.
enum DoubleText {
  /// A whole number has no point: `2`; beyond the range of text it is `1e+21`.
  static func text(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    let text = number.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
