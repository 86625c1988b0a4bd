using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Grains.Tests.Platforms;

/// <summary>What the grains are tested against owes all that a real connector owes.</summary>
public sealed class MemoryContractTests : ConnectorContract
{
    protected override Task<ConnectorTarget> MakeAsync() => Task.FromResult<ConnectorTarget>(new MemoryTarget());
}
