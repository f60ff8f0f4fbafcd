import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// Asks for leave to try a circuit whose time has passed: one caller gets it.
struct Prober: Sendable {
  var pool: PostgresPool
  var logger: Logger

  func mayTry(_ circuit: String) async -> Bool {
    let call = ProbeCall.call(
      circuit: circuit, period: CircuitRule.openPeriod.microseconds)
    do {
      return try await pool.withConnection { connection in
        let rows = try await connection.query(
          call.statement, call.parameters, within: .seconds(5))
        return try rows.first?.bool(0) ?? false
      }
    } catch {
      logger.warning(
        "a circuit could not be asked for leave",
        metadata: ["circuit": "\(circuit)", "error": "\(error)"])
      return false
    }
  }
}
