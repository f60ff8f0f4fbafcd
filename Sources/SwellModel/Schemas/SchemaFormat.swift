/// The formats of texts that are checked, the same by this program and by PostgreSQL.
enum SchemaFormat: String, CaseIterable {
  /// RFC 3339: `2027-01-31T09:00:00Z`.
  case dateTime = "date-time"
  case date
  /// RFC 3339, with its zone: `09:00:00Z`.
  case time
  case uuid

  /// As a sentence has it.
  var words: String {
    switch self {
    case .dateTime: "a time such as 2027-01-31T09:00:00Z"
    case .date: "a date such as 2027-01-31"
    case .time: "a time of day with its zone such as 09:00:00Z"
    case .uuid: "a UUID"
    }
  }

  func holds(_ text: [UInt8]) -> Bool {
    switch self {
    case .date: Self.isDate(text[...])
    case .time: Self.isTime(text[...])
    case .dateTime:
      text.count > 11 && text[10] | 0x20 == UInt8(ascii: "t") && Self.isDate(text[..<10])
        && Self.isTime(text[11...])
    case .uuid: Self.isUUID(text)
    }
  }

  private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
    let text = Array(text)
    guard text.count == 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = number(text[0..<4]), let month = number(text[5..<7]),
      let day = number(text[8..<10]), (1...12).contains(month), day >= 1
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= days[month - 1]
  }

  private static func isTime(_ text: ArraySlice<UInt8>) -> Bool {
    let text = Array(text)
    guard text.count >= 9, text[2] == UInt8(ascii: ":"), text[5] == UInt8(ascii: ":"),
      let hour = number(text[0..<2]), let minute = number(text[3..<5]),
      let second = number(text[6..<8]), hour < 24, minute < 60, second < 60
    else { return false }
    var at = 8
    if text[at] == UInt8(ascii: ".") {
      let start = at + 1
      at = start
      while at < text.count, (0x30...0x39).contains(text[at]) { at += 1 }
      guard at > start else { return false }
    }
    let zone = Array(text[at...])
    if zone.count == 1 { return zone[0] | 0x20 == UInt8(ascii: "z") }
    guard zone.count == 6, zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
      zone[3] == UInt8(ascii: ":"), let hours = number(zone[1..<3]),
      let minutes = number(zone[4..<6])
    else { return false }
    return hours < 24 && minutes < 60
  }

  private static func isUUID(_ text: [UInt8]) -> Bool {
    guard text.count == 36 else { return false }
    return text.enumerated().allSatisfy { index, byte in
      switch index {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default:
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
      }
    }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
