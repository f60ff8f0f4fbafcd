extension CELValue: CustomStringConvertible {
  /// The value as JSON if it is short and can be written so; else what it is.
  public var description: String {
    var output = JSONOutput(limit: 400)
    guard (try? output.append(self)) != nil else { return shown }
    return String(decoding: output.bytes, as: UTF8.self)
  }
}
