"""Pictures that people send: checked, made anew from their pixels, kept on disk or in a bucket."""
