import SwellCore
public import SwellEngine
public import SwellModel
public import SwellPostgres

/// The kind `sql`: executes one statement, with parameters, in a transaction of its own.
///
/// In Swell's own database, or in one that the worker has under a name. A source reads only, and the server
/// sees to it. What fails has no effect: the transaction ends when everything that can be refused has been
/// looked at.
public struct SQLNode: NodeKind {
  public let kind = "sql"
  public let concurrencyLimit: Int?
  private let connections: SQLConnections

  /// - Parameters:
  ///   - connections: databases by the names that nodes call them; Swell's own needs none.
  ///   - concurrencyLimit: how many statements run at a time, for each database.
  public init(
    connections: [String: PostgresConfiguration] = [:], concurrencyLimit: Int = 10
  ) {
    self.connections = SQLConnections(connections, size: max(1, concurrencyLimit))
    self.concurrencyLimit = max(1, concurrencyLimit)
  }

  /// A database that is slow holds up nobody who asks another one.
  public func resource(of request: NodeRequest) -> String {
    (try? SQLSettings.connection(of: request)) ?? ""
  }

  public func isTransaction(_ request: NodeRequest) -> Bool {
    SQLSettings.isExactlyOnce(request)
  }

  public func execute(_ request: NodeRequest) async throws -> Payload {
    let settings = try SQLSettings(request)
    do {
      if isTransaction(request) {
        let statement = SQLStatement(
          settings: settings, request: request, types: connections.ownTypes)
        return try await request.transaction { transaction in
          let output = try await statement.execute(in: transaction)
          try statement.check(output)
          return output
        }
      }
      let name = try SQLSettings.connection(of: request)
      let database = try name.map { try connections.database($0) }
      let pool = database?.pool ?? request.database
      let statement = SQLStatement(
        settings: settings, request: request, types: database?.types ?? connections.ownTypes)
      return try await pool.withConnection { connection in
        try await statement.execute(on: connection)
      }
    } catch let error as PostgresError {
      // Whoever is asked to stop did not fail by itself.
      if Task.isCancelled { throw CancellationError() }
      if error.sqlState == "25006", request.definition.node.role == .source {
        throw SQLSettings.error(
          .definition, "a source only reads, and the statement writes; make the node a sink",
          "source_writes")
      }
      throw NodeError(error, deadline: request.deadline)
    }
  }
}
