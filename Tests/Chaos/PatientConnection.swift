import SwellPostgres
import Synchronization

/// A connection to a database that a case breaks: it connects again when it has to.
final class PatientConnection: Sendable {
  private let current = Mutex<PostgresConnection?>(nil)
  private let address: Mutex<String>

  init(_ url: String) {
    address = Mutex(url)
  }

  var url: String { address.withLock { $0 } }

  /// From now on it is a connection to another server.
  func redirect(to url: String) async {
    address.withLock { $0 = url }
    await close()
  }

  /// Runs SQL and returns the rows of its last statement as text.
  ///
  /// - Parameter patience: for so long it is tried again, whatever fails but the text itself.
  @discardableResult
  func query(
    _ sql: String, within limit: Duration = .seconds(60), patience: Duration = .zero
  ) async throws -> [[String?]] {
    let end = ContinuousClock.now + patience
    while true {
      do throws(PostgresError) {
        return try await once(sql, within: limit)
      } catch {
        if error.sqlState?.hasPrefix("42") == true { throw error }
        guard ContinuousClock.now < end else { throw error }
        // sleeps: until the next try
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  /// The first value of the first row.
  func scalar(_ sql: String, patience: Duration = .zero) async throws -> String? {
    try await query(sql, patience: patience).first?.first ?? nil
  }

  /// Waits until a query returns true, whatever becomes of the connection meanwhile.
  func eventually(_ condition: String, within limit: Duration = .seconds(30)) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      do throws(PostgresError) {
        let rows = try await once("SELECT (\(condition))::boolean", within: .seconds(5))
        if rows.first?.first == "t" { return true }
      } catch {
        if error.sqlState?.hasPrefix("42") == true { throw error }
      }
      // sleeps: until the next look
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  func close() async {
    let connection = current.withLock { current in
      defer { current = nil }
      return current
    }
    await connection?.close()
  }

  private func once(_ sql: String, within limit: Duration) async throws(PostgresError)
    -> [[String?]]
  {
    let connection = try await connected()
    do throws(PostgresError) {
      let results = try await connection.execute(script: sql, within: limit)
      guard let rows = results.last else { return [] }
      var list: [[String?]] = []
      list.reserveCapacity(rows.count)
      for row in rows {
        var values: [String?] = []
        for column in 0..<rows.columnCount { values.append(try row.optionalString(column)) }
        list.append(values)
      }
      return list
    } catch {
      if error.isConnectionFatal || !connection.isUsable { await close() }
      throw error
    }
  }

  private func connected() async throws(PostgresError) -> PostgresConnection {
    if let connection = current.withLock({ $0 }), connection.isUsable { return connection }
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(url), on: try Reactor.shared(), within: .seconds(5))
    current.withLock { $0 = connection }
    return connection
  }
}
