import SwellModel

extension ChaosReport {
  /// One object on one line: `case`, `seed`, `lost`, `doubled`, `stranded`, `resumed_ms`, and what
  /// else the case tells.
  public var json: String {
    var members: [JSONValue.Member] = [
      .init("case", .string(name)), .init("seed", .int(Int64(bitPattern: seed))),
      .init("ok", .bool(isGood && skipped == nil)), .init("lost", .int(Int64(lost))),
      .init("doubled", .int(Int64(doubled))), .init("stranded", .int(Int64(stranded))),
      .init("resumed_ms", resumedMilliseconds.map { .double(Self.tenth($0)) } ?? .null),
      .init("seconds", .double(Self.tenth(seconds))), .init("runs", .int(Int64(runs))),
    ]
    for (name, value) in figures.sorted(by: { $0.key < $1.key }) {
      members.append(.init(name, .double(Self.tenth(value))))
    }
    if let skipped { members.append(.init("skipped", .string(skipped))) }
    if !findings.isEmpty {
      members.append(.init("findings", .array(findings.map { .string($0) })))
    }
    if let folder { members.append(.init("folder", .string(folder))) }
    var writer = JSONWriter()
    writer.value(.object(members))
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func tenth(_ number: Double) -> Double { (number * 10).rounded() / 10 }
}
