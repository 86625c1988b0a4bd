using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Gcp.Tests;

/// <summary>Everything that a connector owes, on the sandbox's Google project, whose requests Google's discovery documents check.</summary>
public sealed class GcpContractTests : ConnectorContract
{
    protected override async Task<ConnectorTarget> MakeAsync() => await GcpTarget.MakeAsync();
}
