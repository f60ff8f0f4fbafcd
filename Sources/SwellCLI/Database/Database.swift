import SwellPostgres
import SwellStore

/// One connection for the length of a command.
enum Database {
  /// - Parameter checked: first asks whether the schema is one that this program knows.
  static func withConnection<Answer>(
    _ configuration: PostgresConfiguration, checked: Bool = true,
    _ body: (PostgresConnection) async throws -> Answer
  ) async throws -> Answer {
    let connection: PostgresConnection
    do {
      connection = try await PostgresConnection.connect(
        configuration, on: try Reactor.shared(), within: .seconds(10))
    } catch {
      throw masked(error, configuration)
    }
    do {
      // What only reads may do so on a standby; who writes there hears it of the statement.
      if checked { try await SchemaCheck.run(over: connection, writes: false) }
      let answer = try await body(connection)
      await connection.close()
      return answer
    } catch let error as PostgresError {
      await connection.close()
      throw masked(error, configuration)
    } catch {
      await connection.close()
      throw error
    }
  }

  private static func masked(
    _ error: PostgresError, _ configuration: PostgresConfiguration
  ) -> PostgresError {
    var error = error
    error.message = configuration.masked(error.message)
    return error
  }
}
