import SwellPostgres
import Testing

struct ConfigurationTests {
  @Test(arguments: [
    "postgresql://ann:s3cr%65t@db/app", "host=db user=ann password=s3cret",
    "postgresql://ann@db/app?password=s3cr%65t&sslmode=require",
    "postgres://ann:s3cret@a,b:5433/app?target_session_attrs=read-write",
  ])
  func `no password is shown`(conninfo: String) {
    let configuration = PostgresConfiguration(conninfo)
    #expect(throws: Never.self) { try configuration.validate() }
    let shown = configuration.description
    #expect(!shown.contains("s3cr"))
    #expect(shown.contains("password=***"))
    #expect(shown.contains("user=ann"))
    let masked = configuration.masked("tried \(conninfo), that is s3cret")
    #expect(!masked.contains("s3cr"))
    #expect(masked.contains("***"))
  }

  @Test(arguments: ["host=db passwort=s3cret", "postgresql://ann:s3c%zzret@db/app", "s3cret"])
  func `a text libpq does not understand is refused without being quoted`(conninfo: String) {
    let configuration = PostgresConfiguration(conninfo)
    let error = #expect(throws: PostgresError.self) { try configuration.validate() }
    #expect(error?.code == .configuration)
    #expect(error?.description.contains("s3c") == false)
    #expect(!configuration.description.contains("s3c"))
  }

  @Test func `without a text the environment is meant`() {
    #expect(PostgresConfiguration().description == "PG* environment")
  }
}
