/// The parts of timestamps and durations.
enum TimeFunctions {
  static let all: [Function] =
    part("getFullYear") { $0.year }
    + part("getMonth") { $0.month - 1 }
    + part("getDate") { $0.day }
    + part("getDayOfMonth") { $0.day - 1 }
    + part("getDayOfWeek") { $0.dayOfWeek }
    + part("getDayOfYear") { $0.dayOfYear }
    + part("getHours", { $0.totalNanoseconds / 3_600_000_000_000 }) { $0.hour }
    + part("getMinutes", { $0.totalNanoseconds / 60_000_000_000 }) { $0.minute }
    + part("getSeconds", { $0.seconds }) { $0.second }
    + milliseconds

  /// A method of timestamps, with and without a time zone, and maybe of durations.
  private static func part(
    _ name: String, _ ofDuration: (@Sendable (CELDuration) -> Int64)? = nil,
    _ ofTime: @escaping @Sendable (CivilTime) -> Int
  ) -> [Function] {
    var signatures = [Signature([.timestamp], .int)]
    if ofDuration != nil { signatures.append(Signature([.duration], .int)) }
    return [
      .method(
        name, signatures,
        .one { value, _ throws(CELError) in
          switch value {
          case .timestamp(let time): return .int(Int64(ofTime(CivilTime(seconds: time.seconds))))
          case .duration(let span):
            guard let ofDuration else { throw .noOverload }
            return .int(ofDuration(span))
          default: throw .noOverload
          }
        }),
      .method(
        name, [Signature([.timestamp, .string], .int)],
        .two { value, zone, evaluation throws(CELError) in
          guard case .timestamp(let time) = value, case .string(let zone) = zone else {
            throw .noOverload
          }
          // To find the rules of a zone is work.
          try evaluation.spend(50)
          let offset = try TimeZoneOffset.seconds(of: zone.description, at: time)
          return .int(Int64(ofTime(CivilTime(seconds: time.seconds + offset))))
        }),
    ]
  }

  private static let milliseconds: [Function] = [
    .method(
      "getMilliseconds", [Signature([.timestamp], .int), Signature([.duration], .int)],
      .one { value, _ throws(CELError) in
        switch value {
        case .timestamp(let time): return .int(Int64(time.nanoseconds / 1_000_000))
        case .duration(let span): return .int(span.nanoseconds / 1_000_000)
        default: throw .noOverload
        }
      }),
    .method(
      "getMilliseconds", [Signature([.timestamp, .string], .int)],
      .two { value, zone, evaluation throws(CELError) in
        guard case .timestamp(let time) = value, case .string(let zone) = zone else {
          throw .noOverload
        }
        try evaluation.spend(50)
        _ = try TimeZoneOffset.seconds(of: zone.description, at: time)
        return .int(Int64(time.nanoseconds / 1_000_000))
      }),
  ]
}
