using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.Tests;

public class NamesTests
{
    [Theory]
    [InlineData(1_000, null)]
    [InlineData(1_001, "REASON_TOO_LONG")]
    public void A_reason_is_bounded(int length, string? code) => Assert.Equal(code, Names.CheckReason(new('<', length))?.Code);

    [Theory]
    [InlineData(200, 200, null)]
    [InlineData(201, 1, "OWNER_TOO_LONG")]
    [InlineData(1, 201, "OWNER_TOO_LONG")]
    public void An_owner_is_bounded(int person, int team, string? code) =>
        Assert.Equal(code, Some.Identity.TransferOwnership(new(new('<', person), new('<', team))).Refusal?.Code);
}
