extension CELValue {
  /// The value in a message: short, whatever it is.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .int(let number): "\(number)"
    case .uint(let number): "\(number)u"
    case .double(let number): "\(number)"
    case .string(let text):
      text.utf8Count > 60
        ? "'\(text.withUTF8 { String(decoding: $0.prefix(60), as: UTF8.self) })…'" : "'\(text)'"
    case .type(let type): type.name
    case .timestamp(let time): "\(time)"
    case .duration(let span): "\(span)"
    default: type.article
    }
  }
}
