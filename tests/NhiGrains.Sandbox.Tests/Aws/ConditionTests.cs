using NhiGrains.Sandbox.Aws.Authorization;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>Condition operators as 'IAM JSON policy elements: Condition operators' documents them, each with what it must not match.</summary>
public class ConditionTests
{
    [Theory]
    [InlineData("""{"StringEquals":{"aws:PrincipalTag/job":"iamuser-admin"}}""", "aws:PrincipalTag/job=iamuser-admin", true)]
    [InlineData("""{"StringEquals":{"aws:PrincipalTag/job":"iamuser-admin"}}""", "aws:PrincipalTag/job=Iamuser-admin", false)]
    [InlineData("""{"StringEquals":{"aws:PrincipalTag/job":"iamuser-admin"}}""", "", false)]
    [InlineData("""{"StringEquals":{"aws:PrincipalTag/job":["a","b"]}}""", "aws:PrincipalTag/job=b", true)]
    [InlineData("""{"StringEquals":{"aws:PrincipalTag/job":"a*"}}""", "aws:PrincipalTag/job=ab", false)]
    [InlineData("""{"StringEquals":{"AWS:principaltag/JOB":"a"}}""", "aws:PrincipalTag/job=a", true)]
    [InlineData("""{"StringNotEquals":{"aws:PrincipalTag/job":["a","b"]}}""", "aws:PrincipalTag/job=b", false)]
    [InlineData("""{"StringNotEquals":{"aws:PrincipalTag/job":["a","b"]}}""", "aws:PrincipalTag/job=c", true)]
    [InlineData("""{"StringNotEquals":{"aws:PrincipalTag/job":"a"}}""", "", true)]
    [InlineData("""{"StringEqualsIgnoreCase":{"aws:PrincipalTag/job":"Admin"}}""", "aws:PrincipalTag/job=aDMIN", true)]
    [InlineData("""{"StringNotEqualsIgnoreCase":{"aws:PrincipalTag/job":"Admin"}}""", "aws:PrincipalTag/job=aDMIN", false)]
    [InlineData("""{"StringLike":{"s3:prefix":["","home/","home/?/*"]}}""", "s3:prefix=home/a/b/c", true)]
    [InlineData("""{"StringLike":{"s3:prefix":["","home/","home/?/*"]}}""", "s3:prefix=home/ab/c", false)]
    [InlineData("""{"StringLike":{"s3:prefix":["","home/"]}}""", "s3:prefix=", true)]
    [InlineData("""{"StringNotLike":{"s3:prefix":"secret/*"}}""", "s3:prefix=secret/x", false)]
    [InlineData("""{"StringLike":{"s3:prefix":"a*"}}""", "s3:prefix=A1", false)]
    [InlineData("""{"NumericLessThanEquals":{"s3:max-keys":"10"}}""", "s3:max-keys=10", true)]
    [InlineData("""{"NumericLessThanEquals":{"s3:max-keys":10}}""", "s3:max-keys=11", false)]
    [InlineData("""{"NumericLessThan":{"s3:max-keys":"10"}}""", "s3:max-keys=9", true)]
    [InlineData("""{"NumericGreaterThan":{"s3:max-keys":"10"}}""", "s3:max-keys=9", false)]
    [InlineData("""{"NumericEquals":{"s3:max-keys":"10"}}""", "s3:max-keys=10.0", true)]
    [InlineData("""{"NumericNotEquals":{"s3:max-keys":"10"}}""", "s3:max-keys=10", false)]
    [InlineData("""{"NumericEquals":{"s3:max-keys":"10"}}""", "s3:max-keys=ten", false)]
    [InlineData("""{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}""", "aws:TokenIssueTime=2020-01-01T00:00:02Z", true)]
    [InlineData("""{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}""", "aws:TokenIssueTime=2020-01-01T00:00:01Z", false)]
    [InlineData("""{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:01Z"}}""", "", false)]
    [InlineData("""{"DateLessThan":{"aws:CurrentTime":"2020-06-30T23:59:59Z"}}""", "aws:CurrentTime=2020-06-30T23:59:58.9Z", true)]
    [InlineData("""{"DateLessThan":{"aws:CurrentTime":"2020-06-30T23:59:59Z"}}""", "aws:CurrentTime=2020-06-30T23:59:59Z", false)]
    [InlineData("""{"DateLessThan":{"aws:CurrentTime":"2020-06-30T23:59:59+02:00"}}""", "aws:CurrentTime=2020-06-30T22:00:00Z", false)]
    [InlineData("""{"DateLessThanEquals":{"aws:EpochTime":"1593561599"}}""", "aws:EpochTime=1593561599", true)]
    [InlineData("""{"DateLessThan":{"aws:CurrentTime":"1593561599"}}""", "aws:CurrentTime=2020-06-30T23:59:58Z", true)]
    [InlineData("""{"DateGreaterThanEquals":{"aws:CurrentTime":"2020-06-30"}}""", "aws:CurrentTime=2020-06-29T23:59:59Z", false)]
    [InlineData("""{"DateEquals":{"aws:CurrentTime":"2020-06-30"}}""", "aws:CurrentTime=2020-06-30T00:00:00Z", true)]
    [InlineData("""{"DateNotEquals":{"aws:CurrentTime":"2020-06-30"}}""", "aws:CurrentTime=2020-06-30T00:00:00Z", false)]
    [InlineData("""{"Bool":{"aws:SecureTransport":"true"}}""", "aws:SecureTransport=true", true)]
    [InlineData("""{"Bool":{"aws:SecureTransport":false}}""", "aws:SecureTransport=true", false)]
    [InlineData("""{"Bool":{"aws:MultiFactorAuthPresent":"true"}}""", "", false)]
    [InlineData("""{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}""", "", true)]
    [InlineData("""{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}""", "aws:MultiFactorAuthPresent=false", false)]
    [InlineData("""{"BinaryEquals":{"x:key":"QmluYXJ5"}}""", "x:key=QmluYXJ5", true)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}""", "aws:SourceIp=203.0.113.255", true)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}""", "aws:SourceIp=203.0.114.0", false)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}""", "aws:SourceIp=2001:db8:1234:5678::1", true)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:DB8:1234:5678::/64"]}}""", "aws:SourceIp=2001:db8:1234:5679::1", false)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}""", "aws:SourceIp=203.0.113.8", false)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}""", "aws:SourceIp=203.0.113.8", true)]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}""", "aws:SourceIp=203.0.113.1", false)]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}""", "aws:SourceIp=198.51.100.1", true)]
    [InlineData("""{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}""", "", true)]
    [InlineData("""{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:*:TOPIC"}}""", "aws:SourceArn=arn:aws:sns:us-east-1:123456789012:TOPIC", true)]
    [InlineData("""{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-*-1:123456789012:TOPIC"}}""", "aws:SourceArn=arn:aws:sns:us-east-1:123456789012:TOPIC", true)]
    [InlineData("""{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-1:123456789012:TOPIC"}}""", "aws:SourceArn=arn:aws:sns:us-east-1:123456789013:TOPIC", false)]
    [InlineData("""{"ArnNotEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:*:TOPIC"}}""", "aws:SourceArn=arn:aws:sns:us-east-1:123456789012:TOPIC", false)]
    [InlineData("""{"ArnNotLike":{"aws:SourceArn":"arn:aws:sns:us-east-1:*:TOPIC"}}""", "", true)]
    [InlineData("""{"Null":{"aws:TokenIssueTime":"true"}}""", "", true)]
    [InlineData("""{"Null":{"aws:TokenIssueTime":"true"}}""", "aws:TokenIssueTime=2020-01-01T00:00:00Z", false)]
    [InlineData("""{"Null":{"aws:TokenIssueTime":"false"}}""", "aws:TokenIssueTime=2020-01-01T00:00:00Z", true)]
    [InlineData("""{"StringEqualsIfExists":{"ec2:InstanceType":["t1","t2"]}}""", "", true)]
    [InlineData("""{"StringLikeIfExists":{"ec2:InstanceType":["t1.*","t2.*"]}}""", "ec2:InstanceType=m3.large", false)]
    [InlineData("""{"StringNotEqualsIfExists":{"ec2:InstanceType":"t1"}}""", "ec2:InstanceType=t1", false)]
    [InlineData("""{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}""", "aws:TagKeys=a;aws:TagKeys=b", true)]
    [InlineData("""{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}""", "aws:TagKeys=a;aws:TagKeys=c", false)]
    [InlineData("""{"ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}}""", "", true)]
    [InlineData("""{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}""", "aws:TagKeys=a;aws:TagKeys=c", true)]
    [InlineData("""{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}""", "aws:TagKeys=c;aws:TagKeys=d", false)]
    [InlineData("""{"ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]}}""", "", false)]
    [InlineData("""{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["a"]}}""", "", false)]
    [InlineData("""{"ForAllValues:StringNotEquals":{"aws:TagKeys":["a"]}}""", "aws:TagKeys=b;aws:TagKeys=a", false)]
    [InlineData("""{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}""", "aws:ResourceTag/team=a;aws:PrincipalTag/team=a", true)]
    [InlineData("""{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}""", "aws:ResourceTag/team=a;aws:PrincipalTag/team=b", false)]
    [InlineData("""{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}""", "aws:ResourceTag/team=a", false)]
    [InlineData("""{"StringNotEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}""", "aws:ResourceTag/team=a", true)]
    [InlineData("""{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}""", "aws:ResourceTag/team=", false)]
    [InlineData("""{"StringLike":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}*"}}""", "aws:ResourceTag/team=a", false)]
    [InlineData("""{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team, 'none'}"}}""", "aws:ResourceTag/team=none", true)]
    [InlineData("""{"StringLike":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}*"}}""", "aws:ResourceTag/team=*x;aws:PrincipalTag/team=*", true)]
    [InlineData("""{"StringLike":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}""", "aws:ResourceTag/team=anything;aws:PrincipalTag/team=*", false)]
    [InlineData("""{"StringLike":{"s3:prefix":"a${*}"}}""", "s3:prefix=ab", false)]
    [InlineData("""{"StringLike":{"s3:prefix":"a${*}"}}""", "s3:prefix=a*", true)]
    [InlineData("""{"StringEquals":{"a:b":"1"},"Bool":{"c:d":"true"}}""", "a:b=1;c:d=true", true)]
    [InlineData("""{"StringEquals":{"a:b":"1"},"Bool":{"c:d":"true"}}""", "a:b=1;c:d=false", false)]
    [InlineData("""{"StringEquals":{"a:b":"1","c:d":"2"}}""", "a:b=1;c:d=3", false)]
    public void A_condition_holds_or_does_not(string condition, string context, bool holds)
    {
        var policy = PolicyReader.Identity(Policy.Of(Policy.Allow("s3:GetObject", "*", condition)));

        Assert.Equal(holds, Evaluator.Decide(new([new("p", policy)]), "s3:GetObject", "arn:aws:s3:::b/k", Context(context)).IsAllowed);
    }

    [Fact]
    public void Variables_are_plain_text_in_policies_of_the_old_version()
    {
        var text = Policy.Of(Policy.Allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}"));
        bool IsAllowed(string policy, string key) =>
            Evaluator.Decide(new([new("p", PolicyReader.Identity(policy))]), "s3:GetObject", $"arn:aws:s3:::b/{key}", Context("aws:username=ann")).IsAllowed;
        var old = text.Replace("2012-10-17", "2008-10-17", StringComparison.Ordinal);

        Assert.True(IsAllowed(text, "ann"));
        Assert.False(IsAllowed(old, "ann"));
        Assert.True(IsAllowed(old, "${aws:username}"));
    }

    private static RequestContext Context(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .GroupBy(pair => pair[0], pair => pair[1])
            .Aggregate(RequestContext.Empty, (context, key) => context.With(key.Key, [.. key]));
}
