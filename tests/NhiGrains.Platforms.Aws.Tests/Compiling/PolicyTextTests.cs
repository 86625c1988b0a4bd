using System.Text.Json;
using NhiGrains.Platforms.Aws.Compiling;

namespace NhiGrains.Platforms.Aws.Tests.Compiling;

public class PolicyTextTests
{
    private const string Body = """{"Version":"2012-10-17","Statement":[{"Action":["s3:GetObject","s3:PutObject"],"Condition":{"Bool":{"aws:SecureTransport":["true"]}},"Effect":"Allow","Resource":["a"]}]}""";

    [Theory]
    [InlineData("""{"Statement":{"Effect":"Allow","Resource":"a","Action":["s3:PutObject","s3:GetObject"],"Condition":{"Bool":{"aws:SecureTransport":true}}},"Version":"2012-10-17"}""")]
    [InlineData("""{ "Id":"nhi:billing:7", "Version":"2012-10-17", "Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:PutObject"],"Resource":["a"],"Condition":{"Bool":{"aws:SecureTransport":"true"}}}] }""")]
    public void What_means_the_same_is_the_same_text(string document) => Assert.Equal(PolicyText.Canonical(Body), PolicyText.Canonical(document));

    [Theory]
    [InlineData("Allow", "Deny")]
    [InlineData("\"a\"", "\"a*\"")]
    [InlineData("s3:PutObject", "s3:*")]
    [InlineData("Resource", "NotResource")]
    [InlineData("aws:SecureTransport", "aws:MultiFactorAuthPresent")]
    public void What_means_something_else_is_another_text(string from, string to) =>
        Assert.NotEqual(PolicyText.Canonical(Body), PolicyText.Canonical(Body.Replace(from, to, StringComparison.Ordinal)));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"Statement\":[1]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Effect\":\"Deny\"}]}")]
    public void What_is_no_policy_is_told_by_its_digest(string document)
    {
        Assert.ThrowsAny<JsonException>(() => PolicyText.Canonical(document));
        Assert.Contains("unreadable", PolicyText.Shown(document), StringComparison.Ordinal);
        Assert.NotEqual(PolicyText.Shown(document), PolicyText.Shown(document + " "));
    }

    [Fact]
    public void The_marker_comes_and_goes_without_a_trace()
    {
        var marked = PolicyText.WithId(PolicyText.Canonical(Body), "nhi:billing:7");

        Assert.Equal("nhi:billing:7", PolicyText.IdOf(marked));
        Assert.Equal(PolicyText.Canonical(Body), PolicyText.Canonical(marked));
    }
}
