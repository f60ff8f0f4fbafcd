import SwellModel
import SwellPostgres
import Synchronization

/// The databases that sql nodes reach by name. A connection is made when a node first needs it.
final class SQLConnections: Sendable {
  struct Database: Sendable {
    var pool: PostgresPool
    var types: SQLTypeBook
  }

  let ownTypes = SQLTypeBook()
  private let configurations: [String: PostgresConfiguration]
  private let size: Int
  private let databases = Mutex<[String: Database]>([:])

  init(_ configurations: [String: PostgresConfiguration], size: Int) {
    self.configurations = configurations
    self.size = size
  }

  /// - Throws: an error that says how to give the worker this connection.
  func database(_ name: String) throws -> Database {
    guard let configuration = configurations[name] else {
      throw NodeError(
        .other,
        "this worker has no connection '\(name)'; start it with --connection \(name)=URL, or SWELL_CONNECTION_\(name.uppercased())=URL",
        code: "unknown_connection", context: NodeError.Context(operation: "sql"))
    }
    let reactor = try Reactor.shared()
    return databases.withLock { databases in
      if let known = databases[name] { return known }
      let database = Database(
        pool: PostgresPool(
          configuration: configuration, reactor: reactor, size: size, waitLimit: .seconds(60)),
        types: SQLTypeBook())
      databases[name] = database
      return database
    }
  }
}
