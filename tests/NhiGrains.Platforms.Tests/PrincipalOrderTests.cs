namespace NhiGrains.Platforms.Tests;

public class PrincipalOrderTests
{
    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", "a1")]
    [InlineData("Z", "a")]
    [InlineData("a-1", "a1")]
    [InlineData("z", "\u00e4")]
    // In UTF-16 the first half of the later one is D83D, which comes before E000.
    [InlineData("\ue000", "\U0001f511")]
    public void Names_are_in_the_order_of_their_bytes(string first, string second)
    {
        Assert.True(PrincipalOrder.Instance.Compare(first, second) < 0);
        Assert.True(PrincipalOrder.Instance.Compare(second, first) > 0);
        Assert.Equal(0, PrincipalOrder.Instance.Compare(second, new string(second)));
        Assert.True(PrincipalOrder.Instance.Compare(null, first) < 0);
    }
}
