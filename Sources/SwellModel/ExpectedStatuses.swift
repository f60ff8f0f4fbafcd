/// The statuses of a response that an `http` node takes for a success.
public struct ExpectedStatuses: Sendable, Hashable {
  private let ranges: [ClosedRange<Int>]

  /// `2xx`.
  public static let standard = ExpectedStatuses(ranges: [200...299])

  private init(ranges: [ClosedRange<Int>]) {
    self.ranges = ranges
  }

  /// From `200`, `2xx`, or a list of those; nil when it is something else.
  public init?(_ value: JSONValue) {
    let elements = value.array ?? [value]
    let ranges = elements.compactMap(Self.range)
    guard !ranges.isEmpty, ranges.count == elements.count else { return nil }
    self.ranges = ranges
  }

  public func contains(_ status: Int) -> Bool {
    ranges.contains { $0.contains(status) }
  }

  private static func range(_ value: JSONValue) -> ClosedRange<Int>? {
    var number = value.int.flatMap { Int(exactly: $0) }
    if let text = value.string {
      let utf8 = Array(text.utf8)
      if utf8.count == 3, (0x31...0x35).contains(utf8[0]), utf8[1] | 0x20 == 0x78,
        utf8[2] | 0x20 == 0x78
      {
        let hundred = Int(utf8[0] - 0x30) * 100
        return hundred...(hundred + 99)
      }
      number = Int(text)
    }
    guard let number, (100...599).contains(number) else { return nil }
    return number...number
  }
}
