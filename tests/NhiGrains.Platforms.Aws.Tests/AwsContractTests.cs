using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>Everything that a connector owes, on an account of the sandbox.</summary>
public sealed class AwsContractTests : ConnectorContract
{
    protected override async Task<ConnectorTarget> MakeAsync() => await AwsTarget.MakeAsync();
}
