namespace NhiGrains.Sandbox.Aws.S3;

/// <summary>Condition keys that S3 adds to every request.</summary>
internal static class S3Keys
{
    /// <summary>Whose bucket it is: a bucket's ARN does not say.</summary>
    public const string ResourceAccount = "s3:ResourceAccount";
}
