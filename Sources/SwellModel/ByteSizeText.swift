/// Sizes as people write them in definitions: `4096B`, `512KiB`, `1MiB`, `1GiB`.
public struct ByteSizeText {
  /// The number of bytes, or nil if the text is not a size above zero.
  public static func parse(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let factor: Int
    // By bytes: to Swift the Kelvin sign equals the letter K.
    switch Array(text[digits.endIndex...].utf8) {
    case [], Array("B".utf8): factor = 1
    case Array("KiB".utf8): factor = 1 << 10
    case Array("MiB".utf8): factor = 1 << 20
    case Array("GiB".utf8): factor = 1 << 30
    default: return nil
    }
    guard let count = Int(digits), count > 0 else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
    return overflow ? nil : bytes
  }
}
