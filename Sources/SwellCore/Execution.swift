public import SwellModel

/// One node attempt that is to be started now.
public struct Execution: Sendable {
  public var node: Int
  public var attempt: Int
  public var wave: Int
  public var input: Payload
  /// The circuit to ask for leave first, when it is half-open.
  public var probe: String?

  public init(node: Int, attempt: Int, wave: Int, input: Payload, probe: String? = nil) {
    self.node = node
    self.attempt = attempt
    self.wave = wave
    self.input = input
    self.probe = probe
  }
}
