// swift-tools-version: 6.2
import PackageDescription

var strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
// In CI only: a newer compiler's new warning is no reason not to build for a user.
if Context.environment["CI"] == "true" { strict.append(.treatAllWarnings(as: .error)) }

let migrations = [
  "0001_tables", "0002_public_functions", "0003_protocol_functions", "0004_views", "0005_rights",
]

let package = Package(
  name: "swell",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Swell", targets: ["Swell"]),
    .library(name: "SwellHTTP", targets: ["SwellHTTP"]),
    .library(name: "SwellTesting", targets: ["SwellTesting"]),
    .library(name: "SwellTrial", targets: ["SwellTrial"]),
    .executable(name: "swell", targets: ["SwellCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibpq", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .target(
      name: "SwellPostgres",
      dependencies: [
        "CLibpq", .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(name: "CEL", swiftSettings: strict),
    .target(
      name: "SwellModel", dependencies: ["CEL", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(name: "SwellCore", dependencies: ["CEL", "SwellModel"], swiftSettings: strict),
    .target(
      name: "SwellTrial", dependencies: ["CEL", "SwellCore", "SwellModel"], swiftSettings: strict),
    .target(name: "SwellGraph", dependencies: ["SwellModel"], swiftSettings: strict),
    .target(
      name: "SwellMigrations", path: "migrations",
      resources: migrations.flatMap { name in
        [.embedInCode("\(name).up.sql"), .embedInCode("\(name).down.sql")]
      }),
    .target(
      name: "SwellStore",
      dependencies: ["SwellPostgres", "SwellModel", "SwellCore", "SwellMigrations"],
      swiftSettings: strict),
    .target(
      name: "SwellEngine",
      dependencies: [
        "SwellStore", "SwellCore", "SwellModel", "SwellPostgres",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      swiftSettings: strict),
    .target(
      name: "SwellNodes",
      dependencies: [
        "SwellEngine", "SwellModel", "SwellCore", "SwellPostgres",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: strict),
    .target(
      name: "SwellHTTP",
      dependencies: [
        "CEL", "SwellCore", "SwellEngine", "SwellModel",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(
      name: "SwellLocal",
      dependencies: [.product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: strict),
    .target(
      name: "Swell",
      dependencies: [
        "SwellCore", "SwellEngine", "SwellNodes", "SwellModel", "SwellStore", "SwellPostgres",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "SwellTesting",
      dependencies: ["Swell", "SwellLocal", "SwellModel", "SwellStore", "SwellPostgres"],
      resources: [.embedInCode("invariants.sql")], swiftSettings: strict),
    .target(
      name: "SwellBench",
      dependencies: [
        "CEL", "Swell", "SwellEngine", "SwellNodes", "SwellModel", "SwellStore", "SwellPostgres",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "SwellCLI",
      dependencies: [
        "Swell", "SwellBench", "SwellGraph", "SwellHTTP", "SwellLocal", "SwellStore", "SwellCore",
        "SwellEngine", "SwellNodes", "SwellModel", "SwellPostgres", "SwellTrial",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [.embedInCode("Demo/folder_report.yaml")],
      swiftSettings: strict),
    .executableTarget(
      name: "swell-test-worker",
      dependencies: [
        "Swell", .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      path: "Tests/TestWorker", swiftSettings: strict),
    .target(
      name: "SwellFuzz", dependencies: ["SwellModel", "SwellPostgres", "SwellTrial", "CLibpq"],
      path: "Tests/Fuzz", exclude: ["Corpus", "Dictionaries"], swiftSettings: strict),
    .target(
      name: "Chaos",
      dependencies: [
        "SwellTesting", "SwellLocal", "SwellStore", "SwellPostgres", "SwellModel", "SwellEngine",
      ],
      path: "Tests/Chaos", resources: [.embedInCode("witness.sql")], swiftSettings: strict),
    .executableTarget(
      name: "swell-chaos",
      dependencies: [
        "Chaos", "swell-test-worker",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/ChaosCommand", swiftSettings: strict),
    .testTarget(
      name: "ChaosTests", dependencies: ["Chaos", "swell-test-worker"], swiftSettings: strict),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "Swell", "SwellLocal", "SwellTesting", "SwellStore", "SwellPostgres", "SwellModel",
        "SwellCore", "SwellMigrations", "SwellFuzz", "SwellTrial", "SwellCLI", "SwellHTTP",
        "swell-test-worker",
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      swiftSettings: strict),
    .testTarget(name: "CELTests", dependencies: ["CEL"], swiftSettings: strict),
    .testTarget(
      name: "SwellFuzzTests", dependencies: ["SwellFuzz"], swiftSettings: strict),
    .testTarget(name: "SwellModelTests", dependencies: ["SwellModel"], swiftSettings: strict),
    .testTarget(
      name: "SwellCoreTests", dependencies: ["SwellCore", "SwellModel"], swiftSettings: strict),
    .testTarget(
      name: "SwellGraphTests", dependencies: ["SwellGraph", "SwellModel"], swiftSettings: strict),
    .testTarget(
      name: "SwellTrialTests", dependencies: ["SwellTrial", "SwellCore", "SwellModel"],
      swiftSettings: strict),
    .testTarget(
      name: "SwellPostgresTests",
      dependencies: [
        "SwellPostgres",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SwellLocalTests", dependencies: ["SwellLocal", "SwellTesting"], swiftSettings: strict),
    .testTarget(
      name: "SwellNodesTests", dependencies: ["SwellNodes", "SwellModel", "SwellTesting"],
      swiftSettings: strict),
    .testTarget(
      name: "SwellHTTPTests",
      dependencies: [
        "SwellHTTP", "SwellEngine", "SwellCore", "SwellModel", "SwellPostgres",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTP2", package: "swift-nio-http2"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
  ]
)

// libFuzzer brings the `main` of this program, so it links only as scripts/fuzz builds it.
if Context.environment["SWELL_FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "swell-fuzz", dependencies: ["SwellFuzz"], path: "Tests/FuzzRunner",
      swiftSettings: strict))
}
