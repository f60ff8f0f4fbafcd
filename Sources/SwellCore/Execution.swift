public import SwellModel

/// One node attempt that is to be started now.
public struct Execution: Sendable {
  /// The index in the state.
  public var node: Int
  /// What that index stands for.
  public var unit: Unit
  public var attempt: Int
  public var wave: Int
  public var input: Payload
  /// The settings with their expressions evaluated; nil when they have none.
  public var with: Payload?
  /// The circuit to ask for leave first, when it is half-open.
  public var probe: String?

  public init(
    node: Int, unit: Unit, attempt: Int, wave: Int, input: Payload, with: Payload? = nil,
    probe: String? = nil
  ) {
    self.node = node
    self.unit = unit
    self.with = with
    self.attempt = attempt
    self.wave = wave
    self.input = input
    self.probe = probe
  }
}
