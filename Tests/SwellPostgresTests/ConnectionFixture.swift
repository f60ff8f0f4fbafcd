import SwellPostgres

let limit = Duration.seconds(30)

/// A connection to the scratch server for the time of `body`.
func withConnection(
  pooled: Bool = false, _ body: (PostgresConnection) async throws -> Void
) async throws {
  let connection = try await PostgresConnection.connect(
    ScratchServer.configuration(pooled: pooled), on: .shared())
  do { try await body(connection) } catch {
    await connection.close()
    throw error
  }
  await connection.close()
}

func failure(_ body: () async throws -> Void) async -> PostgresError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? PostgresError
  }
}
