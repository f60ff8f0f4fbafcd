public import SwellPostgres

/// `swell.probe_v1`: whether the caller may try a circuit that was open.
public struct ProbeCall: Sendable {
  public static let statement = Statement("swell_probe_v1", "SELECT swell.probe_v1($1, $2)")

  public static func call(circuit: String, period: Int64) -> Call {
    var p = Parameters()
    p.append(circuit)
    p.append(period)
    return Call(statement, p)
  }
}
