using NhiGrains.Sandbox.Aws;
using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>Actions, resources and the order in which policies decide, as 'Policy evaluation logic' documents them.</summary>
public class EvaluatorTests
{
    [Theory]
    [InlineData("s3:GetObject", "s3:GetObject", true)]
    [InlineData("S3:getobject", "s3:GetObject", true)]
    [InlineData("s3:Get*", "s3:GetObjectTagging", true)]
    [InlineData("s3:Get*", "s3:PutObject", false)]
    [InlineData("s3:Get?bject", "s3:GetObject", true)]
    [InlineData("s3:*", "s3-object-lambda:GetObject", false)]
    [InlineData("*", "dynamodb:GetItem", true)]
    [InlineData("s3:GetObject", "s3:GetObjectVersion", false)]
    public void An_action_matches_without_case_and_with_wildcards(string pattern, string action, bool matches) =>
        Assert.Equal(matches, Decide(Policy.Of(Policy.Allow(pattern, "*")), action, "arn:aws:s3:::b").IsAllowed);

    [Theory]
    [InlineData("*", "arn:aws:s3:::b/k", true)]
    [InlineData("arn:aws:s3:::b/*", "arn:aws:s3:::b/k", true)]
    [InlineData("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b:c/d", true)]
    [InlineData("arn:aws:s3:::b/*", "arn:aws:s3:::b", false)]
    [InlineData("arn:aws:s3:::b/team-a/*", "arn:aws:s3:::b/team-ab/k", false)]
    [InlineData("arn:aws:s3:::b/team-a*", "arn:aws:s3:::b/team-ab/k", true)]
    [InlineData("arn:aws:s3:::B/*", "arn:aws:s3:::b/k", false)]
    [InlineData("arn:aws:s3:::b/*/test/*", "arn:aws:s3:::b/1/2/test/3", true)]
    [InlineData("arn:aws:s3:::b/?", "arn:aws:s3:::b/kk", false)]
    [InlineData("arn:aws:sqs:us-east-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q2", false)]
    [InlineData("arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:eu-west-1:111122223333:q", true)]
    [InlineData("arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:eu-west-1:999999999999:q", false)]
    [InlineData("arn:aws:sqs:us-east-?:111122223333:q", "arn:aws:sqs:us-east-2:111122223333:q", true)]
    [InlineData("arn:aws:sqs:us-*-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q", true)]
    [InlineData("arn:aws:sqs", "arn:aws:sqs:us-east-1:111122223333:q", true)]
    [InlineData("arn:aws:sqs", "arn:aws:sns:us-east-1:111122223333:q", false)]
    [InlineData("arn:aws:s3:::b", "*", false)]
    [InlineData("*", "*", true)]
    [InlineData("arn:aws:s3:::*", "*", false)]
    public void A_resource_matches_with_case_and_part_by_part(string pattern, string resource, bool matches) =>
        Assert.Equal(matches, Decide(Policy.Of(Policy.Allow("*", pattern)), "s3:GetObject", resource).IsAllowed);

    [Theory]
    [InlineData("""{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}""", "s3:GetObject", "arn:aws:s3:::b/k", true)]
    [InlineData("""{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}""", "iam:CreateUser", "arn:aws:iam::1:user/x", false)]
    [InlineData("""{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::hr","arn:aws:s3:::hr/*"]}""", "s3:GetObject", "arn:aws:s3:::b/k", true)]
    [InlineData("""{"Effect":"Allow","Action":"s3:*","NotResource":["arn:aws:s3:::hr","arn:aws:s3:::hr/*"]}""", "s3:GetObject", "arn:aws:s3:::hr/k", false)]
    [InlineData("""{"Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"]}""", "s3:ListBucket", "arn:aws:s3:::b/k", true)]
    public void Lists_and_exceptions(string statement, string action, string resource, bool allowed) =>
        Assert.Equal(allowed, Decide(Policy.Of(statement), action, resource).IsAllowed);

    [Fact]
    public void Nothing_is_allowed_that_no_statement_allows_and_a_statement_that_denies_wins()
    {
        var (allow, deny) = (Policy.Of(Policy.Allow("*", "*")), Policy.Of(Policy.Deny("s3:Delete*", "*")));

        Assert.Equal("implicitDeny", Evaluator.Decide(new([]), "s3:GetObject", "arn:aws:s3:::b/k", RequestContext.Empty).Word);
        Assert.Equal("allowed", Decide([allow, deny], "s3:GetObject").Word);
        Assert.Equal("explicitDeny", Decide([allow, deny], "s3:DeleteObject").Word);
        Assert.Equal("explicitDeny", Decide([deny, allow], "s3:DeleteObject").Word);
        Assert.Equal("implicitDeny", Decide([deny], "s3:GetObject").Word);
    }

    [Theory]
    [InlineData("s3:GetObject", null)]
    [InlineData("s3:PutObject", "a session policy")]
    [InlineData("s3:ListBucket", "a permissions boundary")]
    [InlineData("s3:DeleteObject", "an identity-based policy")]
    public void All_that_limits_has_to_allow_and_one_denial_is_enough(string action, string? denied)
    {
        var all = Named(Policy.Of(Policy.Allow("s3:*", "*")));
        var sources = new PolicySources(
            [Named(Policy.Of(Policy.Allow("s3:*", "*"), Policy.Deny("s3:DeleteObject", "*")))],
            Named(Policy.Of(Policy.Allow("s3:*", "*"), Policy.Deny("s3:ListBucket", "*"))),
            Named(Policy.Of(Policy.Allow("s3:*", "*"), Policy.Deny("s3:PutObject", "*"))));

        var decision = Evaluator.Decide(sources, action, "arn:aws:s3:::b/k", RequestContext.Empty);

        Assert.Equal(denied is null, decision.IsAllowed);
        if (denied is not null)
            Assert.EndsWith($"with an explicit deny in {denied}", decision.Explain("x", action, "y"), StringComparison.Ordinal);
        Assert.True(Evaluator.Decide(new([all], all, all), action, "arn:aws:s3:::b/k", RequestContext.Empty).IsAllowed);
        Assert.False(Evaluator.Decide(new([all], Named(Policy.Of(Policy.Allow("iam:*", "*")))), action, "arn:aws:s3:::b/k", RequestContext.Empty).IsAllowed);
        Assert.False(Evaluator.Decide(new([], all, all), action, "arn:aws:s3:::b/k", RequestContext.Empty).IsAllowed);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"Version":"2012-10-17","Statement":[]}""")]
    [InlineData("""{"Version":"2015-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Extra":1,"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Resources":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","NotResource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[],"Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"GetObject","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s*:GetObject","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:*:::b"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"arn:*:s3:::b"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Sid":"a b","Effect":"Allow","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"a","Effect":"Deny","Action":"s3:*","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEqual":{"a:b":"c"}}}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a":"c"}}}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"a:b":[]}}}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"NullIfExists":{"a:b":"true"}}}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":["a"]}]}""")]
    public void A_policy_that_the_grammar_does_not_have_is_malformed(string text) =>
        Assert.Equal("MalformedPolicyDocument", Assert.Throws<AwsException>(() => PolicyReader.Identity(text)).Code);

    [Theory]
    [InlineData("""{"Effect":"Allow","Action":"sts:AssumeRole"}""")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject"}""")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/*"},"Action":"sts:AssumeRole"}""")]
    [InlineData("""{"Effect":"Allow","Principal":{"Who":"x"},"Action":"sts:AssumeRole"}""")]
    [InlineData("""{"Effect":"Allow","Principal":{},"Action":"sts:AssumeRole"}""")]
    [InlineData("""{"Effect":"Allow","Principal":"x","Action":"sts:AssumeRole"}""")]
    public void A_trust_policy_says_whom_it_is_for_and_no_resource(string statement) =>
        Assert.Equal("MalformedPolicyDocument", Assert.Throws<AwsException>(() => PolicyReader.Trust(Policy.Of(statement))).Code);

    private static Decision Decide(string policy, string action, string resource) =>
        Evaluator.Decide(new([Named(policy)]), action, resource, RequestContext.Empty);

    private static Decision Decide(string[] policies, string action) =>
        Evaluator.Decide(new([.. policies.Select(Named)]), action, "arn:aws:s3:::b/k", RequestContext.Empty);

    private static NamedPolicy Named(string policy) => new("p", PolicyReader.Identity(policy));
}
